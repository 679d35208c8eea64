//! Compares decimal numbers of any size as text.
//!
//! The cost is linear in the length of the text: an exponent of a billion does not produce a billion digits.

use std::cmp::Ordering;

/// Compares two numbers in JSON's notation.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    let (one, other) = (Decimal::parse(one), Decimal::parse(other));
    match (one.sign(), other.sign()) {
        (1, 1) => one.compare_magnitude(&other),
        (-1, -1) => other.compare_magnitude(&one),
        (one, other) => one.cmp(&other),
    }
}

/// Returns `text` in JSON's notation, which has no plus sign, no bare point and no leading zeros.
pub(crate) fn json(text: &str) -> String {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, format!("e{exponent}")),
        None => (text, String::new()),
    };
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let (whole, fraction) = mantissa
        .trim_start_matches(['-', '+'])
        .split_once('.')
        .unwrap_or_else(|| (mantissa.trim_start_matches(['-', '+']), ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{exponent}")
}

/// The number `0.DIGITS * 10^exponent`, whose digits have no leading and no trailing zeros.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Self {
        let negative = text.starts_with('-');
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mantissa = mantissa.trim_start_matches(['-', '+']);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // An exponent that overflows is replaced by an extreme one: no mantissa is long enough to compensate for it.
        let beyond = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        let exponent = exponent.parse::<i64>().unwrap_or(beyond).clamp(i64::MIN / 4, i64::MAX / 4);
        let digits = [whole, fraction].concat();
        let significant = digits.trim_start_matches('0');
        let zeros = digits.len() - significant.len();
        let point =
            i64::try_from(whole.len()).unwrap_or(i64::MAX / 4) - i64::try_from(zeros).unwrap_or(i64::MAX / 4);
        Self { negative, digits: significant.trim_end_matches('0').into(), exponent: exponent + point }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    use super::{compare, json};

    #[test]
    fn json_with_any_accepted_notation_returns_json_notation() {
        let cases =
            [("+5", "5"), (".5", "0.5"), ("5.", "5"), ("-007.10", "-7.10"), ("00", "0"), ("1E+3", "1e+3")];
        for (text, expected) in cases {
            assert_eq!(json(text), expected);
        }
    }

    #[test]
    fn compare_with_different_notations_compares_values() {
        let cases: &[(&str, &str, Ordering)] = &[
            ("0", "-0", Equal),
            ("1", "1.0", Equal),
            ("10", "1e1", Equal),
            ("0.00120", "12e-4", Equal),
            ("-1", "0", Less),
            ("-2", "-1", Less),
            ("9", "10", Less),
            ("1.5", "1.25", Greater),
            ("1e999999999999999999999", "1", Greater),
            ("1e-999999999999999999999", "0", Greater),
            ("-1e999999999999999999999", "1", Less),
            ("123456789012345678901234567890", "123456789012345678901234567891", Less),
        ];
        for (one, other, expected) in cases {
            assert_eq!(compare(one, other), *expected, "{one} to {other}");
            assert_eq!(compare(other, one), expected.reverse(), "{other} to {one}");
        }
    }
}
