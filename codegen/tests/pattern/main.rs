//! Tests of patterns through the public API: the dialect, plans, agreement of all matchers, and samples. `ecma` compares
//! with an independent ECMAScript engine; `cognito` and `real` test published patterns of AWS.

#![expect(clippy::panic, reason = "helpers fail the test with the pattern in the message")]

mod cognito;
mod dialect;
mod ecma;
mod plans;
mod real;
mod strings;

use lido_codegen::pattern::{Pattern, Plan};

fn parse(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|error| panic!("{text:?} is refused: {error}"))
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Returns the pattern of the runtime that generated code would declare for a plan.
fn at_run_time(plan: &Plan) -> lido_runtime::Pattern {
    match plan {
        Plan::Runs(runs) => {
            let runs = runs.iter().map(|run| lido_runtime::Run::new(leaked(&run.class), run.min, run.max));
            lido_runtime::Pattern::runs("runs", Box::leak(runs.collect()))
        }
        Plan::Linear(text) => lido_runtime::Pattern::linear("linear", leaked(text)),
        Plan::Backtracking(text) => lido_runtime::Pattern::backtracking("backtracking", leaked(text)),
    }
}

/// Returns whether an ECMAScript engine finds a match.
///
/// It runs as a Pike machine: its usual matcher repeats too often where quantifiers nest, such as `(?:(?:b|\D)?){2}` on
/// `bbb`.
fn is_match_by_ecma(regex: &regress::Regex, value: &str) -> bool {
    regress::backends::find::<regress::backends::PikeVMExecutor<'_, '_>>(regex, value, 0).next().is_some()
}

/// Asserts that the reference matcher, the runtime and, if it accepts the pattern, the ECMAScript engine agree on samples
/// of the pattern and a few unusual values.
fn check_agreement(text: &str) {
    let pattern = parse(text);
    let plan = pattern.plan().unwrap_or_else(|error| panic!("{text:?} has no plan: {error}"));
    let runtime = at_run_time(&plan);
    let ecma = regress::Regex::with_flags(text, "u").ok();
    let unusual =
        ["", " ", "a", "A", "0", "-", "é", "a b", "a\nb", "a\n", "\u{2028}", "\u{FEFF}", "😀", "\0", "ſ"];
    let lengths = [1, 2, 3, 10, 25];
    let made = lengths.into_iter().filter_map(|length| pattern.sample(length));
    let made = made.chain(pattern.shortest()).chain(pattern.counterexample(0..=40));
    for value in unusual.map(str::to_owned).into_iter().chain(made) {
        let expected = pattern.is_match(&value);
        assert_eq!(runtime.is_match(&value), expected, "{text:?} on {value:?} by {plan:?}");
        if let Some(ecma) = &ecma {
            assert_eq!(is_match_by_ecma(ecma, &value), expected, "{text:?} on {value:?} by ECMAScript");
        }
    }
}
