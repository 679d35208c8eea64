//! The patterns of a model: the generator's matcher, the runtime's matcher and an independent ECMAScript engine agree.
//!
//! An input is a pattern, a line break, and values, each on a line. A pattern alone is tried on the strings that the
//! generator makes of it for tests, which takes a hundred times as long.

use lido_codegen::pattern::{Pattern, Plan};

/// Longest pattern and value in code points. A matcher that backtracks needs exponential time for some.
const MAX_PATTERN: usize = 48;
const MAX_VALUE: usize = 10;
const MAX_VALUES: usize = 8;
/// Largest number in a pattern. Compiled counts are limited by size, which takes time to reach.
const MAX_COUNT: u32 = 40;

/// Matches the values with all engines that accept the pattern.
///
/// # Panics
/// If two disagree, or if a sample or a counterexample is none.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (text, values) = text.split_once('\n').unwrap_or((text, ""));
    if text.chars().count() > MAX_PATTERN || numbers(text).any(|number| number > MAX_COUNT) {
        return;
    }
    let pattern = match Pattern::parse(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            assert!(text.is_char_boundary(error.offset), "{text:?}: {error:?}");
            return;
        }
    };
    // It may be too large for the engine that it needs, which the generator reports.
    let Ok(plan) = pattern.plan() else { return };
    let runtime = at_run_time(&plan);
    let ecma = (quantified_groups(text) < 2).then(|| regress::Regex::with_flags(text, "u").ok()).flatten();
    let made = if values.is_empty() { made(text, &pattern) } else { Vec::new() };
    let values = values.split('\n').take(MAX_VALUES).filter(|value| value.chars().count() <= MAX_VALUE);
    for value in values.chain(made.iter().map(String::as_str)) {
        let expected = pattern.is_match(value);
        assert_eq!(runtime.is_match(value), expected, "{text:?} on {value:?} by {plan:?}");
        if let Some(ecma) = &ecma {
            assert_eq!(ecma.find(value).is_some(), expected, "{text:?} on {value:?} by ECMAScript");
        }
    }
}

/// Returns strings that the generator makes: some that match and one that does not.
fn made(text: &str, pattern: &Pattern) -> Vec<String> {
    let samples: Vec<String> = [1, 3].into_iter().filter_map(|length| pattern.sample(length)).collect();
    assert!(samples.iter().all(|sample| pattern.is_match(sample)), "{text:?}: {samples:?}");
    let other = pattern.counterexample(0..=4);
    assert!(other.as_ref().is_none_or(|other| !pattern.is_match(other)), "{text:?} on {other:?}");
    samples.into_iter().chain(other).collect()
}

/// Returns how many groups have a quantifier. With two, that engine does not end on `((a*)*b?|c{0,3}){1,2}$` and `aaF`.
fn quantified_groups(text: &str) -> usize {
    [")*", ")+", "){", ")?"].iter().map(|end| text.matches(end).count()).sum()
}

fn numbers(text: &str) -> impl Iterator<Item = u32> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    digits.map(|digits| digits.parse().unwrap_or(u32::MAX))
}

/// Returns the pattern that generated code would declare in a `static`, for which its texts are leaked.
fn at_run_time(plan: &Plan) -> lido_runtime::Pattern {
    let leaked = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    match plan {
        Plan::Runs(runs) => {
            let runs = runs.iter().map(|run| lido_runtime::Run::new(leaked(&run.class), run.min, run.max));
            lido_runtime::Pattern::runs("runs", Box::leak(runs.collect()))
        }
        Plan::Linear(text) => lido_runtime::Pattern::linear("linear", leaked(text)),
        Plan::Backtracking(text) => lido_runtime::Pattern::backtracking("backtracking", leaked(text)),
    }
}
