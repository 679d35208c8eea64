//! The plan of a pattern is the cheapest exact one.

use super::{at_run_time, parse};
use lido_codegen::pattern::{Plan, Run, SIZE_LIMIT};

fn run(class: &str, min: u32, max: Option<u32>) -> Run {
    Run { class: class.to_owned(), min, max }
}

fn once(character: &str) -> Run {
    run(character, 1, Some(1))
}

#[test]
fn anchored_sequence_is_planned_as_runs() {
    let named = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]";
    let rows: Vec<(String, Vec<Run>)> = vec![
        (r"^(?:[\w+]+)$".into(), vec![run("[+0-9A-Z_a-z]", 1, None)]),
        (r"^(?:^[0-9]+$)$".into(), vec![run("[0-9]", 1, None)]),
        (format!("^{named}+$"), vec![run(named, 1, None)]),
        (r"^(?:(?s).*)$".into(), vec![run(r"[\x{0}-\x{10FFFF}]", 0, None)]),
        (r"^[\S]{1,2048}$".into(), vec![run(parse_class(r"\S"), 1, Some(2048))]),
        ("^(?:a|[b-d]|-)*$".into(), vec![run(r"[\-a-d]", 0, None)]),
        ("^(?:(?:[a-c]+)*)$".into(), vec![run("[a-c]", 0, None)]),
        ("^[a]+a{2}$".into(), vec![run("[a]", 3, None)]),
        ("^ab[0-9]{2}$".into(), vec![once("[a]"), once("[b]"), run("[0-9]", 2, Some(2))]),
        (
            "^[a-f]{2}(?:-[a-f]){2}$".into(),
            vec![run("[a-f]", 2, Some(2)), once(r"[\-]"), once("[a-f]"), once(r"[\-]"), once("[a-f]")],
        ),
        (
            "^[a-z]+_?[0-9]*$".into(),
            vec![run("[a-z]", 1, None), run("[_]", 0, Some(1)), run("[0-9]", 0, None)],
        ),
    ];
    for (text, runs) in rows {
        assert_eq!(parse(&text).plan(), Ok(Plan::Runs(runs)), "{text:?}");
    }
}

fn parse_class(text: &str) -> &'static str {
    match parse(&format!("^{text}$")).plan() {
        Ok(Plan::Runs(runs)) => super::leaked(&runs[0].class),
        other => panic!("{text} has the plan {other:?}"),
    }
}

#[test]
fn ambiguous_sequence_is_planned_for_an_engine() {
    for text in ["^[a-z]+z$", "^a*b*a$", "^a?a?b?a$", r"^[\w-]+_[0-9a-f-]+$", "^(?:a|bc)$", "a", "^a", "a$"] {
        let plan = parse(text).plan();
        assert!(matches!(plan, Ok(Plan::Linear(_))), "{text:?} has the plan {plan:?}");
    }
    for text in [r"^a(?!b)", r"(a)\1", r"a\B", r"^[0-9A-Za-z\.\-_]*(?<!\.)$"] {
        let plan = parse(text).plan();
        assert!(matches!(plan, Ok(Plan::Backtracking(_))), "{text:?} has the plan {plan:?}");
    }
}

#[test]
fn unanchored_repetition_is_reduced_to_minimum() {
    assert_eq!(parse(".{1,65535}x?").plan(), parse(".").plan());
    assert_eq!(parse("a{2,9}b{3,}").plan(), Ok(Plan::Linear("a{2}b{3}".into())));
}

#[test]
fn pattern_exceeding_size_limit_is_refused() {
    let error = parse("^(?:(?:ab?){1000}c?){1000}$").plan().unwrap_err();
    assert!(error.message.starts_with("no engine compiles the pattern"), "{error}");
}

#[test]
fn size_limit_equals_that_of_the_runtime() {
    assert_eq!(SIZE_LIMIT, lido_runtime::Pattern::SIZE_LIMIT);
}

#[test]
fn hostile_values_are_matched_in_bounded_time() {
    let value = "0".repeat(50_000) + "a";
    let pattern = parse("^([0-9]+)+$");
    assert!(!pattern.is_match(&value));
    assert!(!at_run_time(&pattern.plan().unwrap()).is_match(&value));
    // Beyond its step limit the engine gives up, which counts as no match.
    let pattern = parse("^(?!x)(?:(?=a)a*)*$");
    assert!(!at_run_time(&pattern.plan().unwrap()).is_match(&("a".repeat(40) + "b")));
}

#[test]
fn is_always_recognizes_patterns_that_match_every_string() {
    for text in [
        "",
        "a*",
        "^",
        "$",
        "^a*",
        "a*$",
        "a|",
        r"^[\s\S]*$",
        "^(?:(?s).*)$",
        "^(?s)a?.*b?$",
        r"^(?:\P{M}|\p{M})*$",
    ] {
        assert!(parse(text).is_always(), "{text:?}");
    }
    for text in
        ["a", "^$", "^.*$", "^a*$", r"^[\s\S]+$", r"^(?s).{0,9}$", "^(?=a)(?s).*$", r"\ba?", "a^(?s).*"]
    {
        assert!(!parse(text).is_always(), "{text:?}");
    }
}
