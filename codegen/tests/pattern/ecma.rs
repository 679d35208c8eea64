//! Random patterns and strings: the reference matcher, the runtime and an independent ECMAScript engine agree.

use super::{at_run_time, is_match_by_ecma};
use lido_codegen::pattern::Pattern;
use proptest::prelude::*;

fn atom() -> impl Strategy<Value = String> {
    let member = prop_oneof![
        Just("a"),
        Just("b"),
        Just("1"),
        Just(" "),
        Just("_"),
        Just("&"),
        Just("["),
        Just("é"),
        Just("a-c"),
        Just(r"\d"),
        Just(r"\w"),
        Just(r"\s"),
        Just(r"\W"),
        Just(r"\S"),
        Just(r"\D"),
        Just(r"\-"),
        Just(r"\p{L}"),
        Just(r"\P{L}"),
        Just(r"\n"),
        Just(r"\u{1F600}"),
        Just(r"\]"),
        Just(r"\b"),
        Just("^"),
        Just("."),
    ];
    let set = (any::<bool>(), prop::collection::vec(member, 1..4)).prop_map(|(negated, members)| {
        // As the first character, `^` would negate.
        let members: String = members.concat();
        format!("[{}{}]", if negated { "^" } else { "a" }, members)
    });
    let plain = prop_oneof![
        Just("a"),
        Just("b"),
        Just("1"),
        Just("-"),
        Just("_"),
        Just(" "),
        Just("."),
        Just("é"),
        Just(r"\d"),
        Just(r"\w"),
        Just(r"\s"),
        Just(r"\D"),
        Just(r"\W"),
        Just(r"\S"),
        Just(r"\n"),
        Just(r"\."),
        Just(r"\x61"),
        Just(r"\p{Lu}"),
        Just(r"\P{Lu}"),
        Just(r"\uD83D\uDE00"),
        Just(r"\u00e9"),
    ];
    prop_oneof![3 => plain.prop_map(str::to_owned), 1 => set]
}

fn pattern() -> impl Strategy<Value = String> {
    let assertion = prop_oneof![Just("^"), Just("$"), Just(r"\b"), Just(r"\B")].prop_map(str::to_owned);
    let leaf = prop_oneof![6 => atom(), 1 => assertion];
    let nested = leaf.prop_recursive(3, 12, 3, |inner| {
        let quantifier = prop_oneof![
            Just("*"),
            Just("+"),
            Just("?"),
            Just("{2}"),
            Just("{1,2}"),
            Just("{0,3}"),
            Just("*?")
        ];
        prop_oneof![
            (prop::collection::vec(inner.clone(), 1..4)).prop_map(|parts| parts.concat()),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("(?:{one}|{other})")),
            (inner.clone(), quantifier.clone()).prop_map(|(part, times)| format!("(?:{part}){times}")),
            (atom(), quantifier).prop_map(|(part, times)| format!("{part}{times}")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}){other}\\1")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("(?={one}){other}")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("(?!{one}){other}")),
            (atom(), inner.clone()).prop_map(|(one, other)| format!("{other}(?<={one})")),
            (atom(), inner).prop_map(|(one, other)| format!("{other}(?<!{one})")),
        ]
    });
    (nested, any::<bool>()).prop_map(|(text, whole)| if whole { format!("^(?:{text})$") } else { text })
}

fn value() -> impl Strategy<Value = String> {
    let character = prop::sample::select(vec![
        'a', 'b', 'A', '1', '-', '_', ' ', '.', 'é', '\n', '😀', '[', '&', '\u{FEFF}',
    ]);
    prop::collection::vec(character, 0..7).prop_map(|characters| characters.into_iter().collect())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn arbitrary_pattern_agrees_between_engines(text in pattern(), values in prop::collection::vec(value(), 12)) {
        let ecma = regress::Regex::with_flags(&text, "u");
        let ours = Pattern::parse(&text);
        // The `u` flag refuses unusual escapes and sets that bound ranges, which are accepted here. Back-references on
        // which engines disagree are refused here.
        let Ok(ours) = ours else {
            prop_assert!(ecma.is_err() || text.contains(r"\1"), "{text:?} is refused: {ours:?}");
            return Ok(());
        };
        let runtime = at_run_time(&ours.plan().unwrap());
        for value in values {
            let expected = ours.is_match(&value);
            prop_assert_eq!(runtime.is_match(&value), expected, "{:?} on {:?} at run time", text, value);
            if let Ok(ecma) = &ecma {
                prop_assert_eq!(is_match_by_ecma(ecma, &value), expected, "{:?} on {:?} by ECMAScript", text, value);
            }
        }
    }
}

proptest! {
    // Fewer cases, because each makes hundreds of strings.
    #![proptest_config(config(100))]

    #[test]
    fn arbitrary_samples_and_counterexamples_are_correct(text in pattern(), length in 0_usize..9) {
        if let Ok(pattern) = Pattern::parse(&text) {
            if let Some(sample) = pattern.sample(length) {
                prop_assert_eq!(sample.chars().count(), length);
                prop_assert!(pattern.is_match(&sample));
            }
            if let Some(other) = pattern.counterexample(length..=length + 4) {
                prop_assert!((length..=length + 4).contains(&other.chars().count()));
                prop_assert!(!pattern.is_match(&other));
            }
            if pattern.is_always() {
                prop_assert!(pattern.is_match("") && pattern.is_match("a\nb") && pattern.is_match("-😀"));
            }
        }
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn arbitrary_text_is_parsed_or_refused(text in r"[\\\[\](){}^$.*+?|&a0-9pux<=!:,-]{0,24}") {
        match Pattern::parse(&text) {
            Ok(pattern) => drop(pattern.is_match("a1")),
            Err(error) => prop_assert!(text.is_char_boundary(error.offset)),
        }
    }
}
