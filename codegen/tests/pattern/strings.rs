//! Samples and counterexamples.

use super::parse;

const ARN: &str = r"^(?:arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)$";
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$";

#[test]
fn sample_has_requested_length_and_is_readable() {
    let rows: &[(&str, usize, &str)] = &[
        (r"^(?:[\w+]+)$", 5, "abcde"),
        ("^[0-9]+$", 12, "123456789012"),
        (ARN, 20, "arn:a:a::1:a:abcdefg"),
        (UUID, 36, "abcdefab-abcd-4abc-aabc-abcdefabcdef"),
        (r"^.*\{####\}.*$", 8, "{####}ab"),
        (r"^[\p{L}\p{P}]+@[\p{L}\p{P}]+$", 6, "a@abcd"),
        (r"^[0-9A-Za-z\.\-_]*(?<!\.)$", 3, "abc"),
        ("^(?:default|custom)$", 6, "custom"),
        ("^(?:ab|cde)+$", 7, "ababcde"),
        ("x", 3, "xab"),
        ("x$", 3, "abx"),
        (r"^\P{ASCII}{2}$", 2, "\u{A1}\u{A2}"),
    ];
    for &(text, length, sample) in rows {
        assert_eq!(parse(text).sample(length).as_deref(), Some(sample), "{text:?}");
    }
}

#[test]
fn arn_pattern_has_sample_of_every_length() {
    let pattern = parse(ARN);
    assert_eq!(pattern.shortest().as_deref(), Some("arn:a:a::1:a"));
    for length in (12..200).chain([1024, 2048]) {
        let sample = pattern.sample(length).unwrap();
        assert_eq!(sample.chars().count(), length);
        assert!(pattern.is_match(&sample));
    }
    assert_eq!(pattern.sample(11), None);
}

#[test]
fn sample_of_impossible_length_is_none() {
    for (text, length) in [(UUID, 35), ("^(?:ab)*$", 3), ("^$", 1), ("a", 0), ("^a{3}$", usize::MAX)] {
        assert_eq!(parse(text).sample(length), None, "{text:?}");
    }
}

#[test]
fn shortest_is_found_with_look_around() {
    let password = r"^(?=.{8,64}$)(?=.*\d)(?=.*[A-Z])(?=.*[a-z]).*$";
    for (text, length) in [(password, 8), (UUID, 36), ("^$", 0), ("^(?!a)[a-z]$", 1), (r"^(\w)-\1$", 3)] {
        let pattern = parse(text);
        let shortest = pattern.shortest().unwrap_or_else(|| panic!("{text:?} has a match"));
        assert_eq!(shortest.chars().count(), length, "{text:?} has {shortest:?}");
        assert!(pattern.is_match(&shortest));
    }
    assert_eq!(parse("^(?!a)a$").shortest(), None);
}

#[test]
fn counterexample_is_short_and_readable() {
    let rows: &[(&str, std::ops::RangeInclusive<usize>, Option<&str>)] = &[
        (r"^(?:[\w+]+)$", 1..=128, Some(" ")),
        (r"^(?:[\w+]+)$", 5..=128, Some("ab de")),
        (r"^(?:[\w\s]+)$", 0..=9, Some("")),
        (r"^(?:[\w\s]+)$", 1..=9, Some("!")),
        (r"^(?s).*$", 0..=9, None),
        (r"^(?s).+$", 1..=9, None),
        (r"^(?s).+$", 0..=9, Some("")),
        ("^(?s).{3,5}$", 0..=9, Some(" ")),
        ("^(?s).{3,5}$", 3..=5, None),
        ("^(?s).{3,5}$", 3..=6, Some("aaaaaa")),
        ("^(?s)(?!key:).*$", 0..=9, Some("key:")),
        (r"^[^\u{3042}]$", 1..=1, Some("\u{3042}")),
    ];
    for (text, lengths, expected) in rows {
        let found = parse(text).counterexample(lengths.clone());
        assert_eq!(found.as_deref(), *expected, "{text:?} within {lengths:?}");
    }
}
