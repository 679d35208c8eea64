//! Prints values compactly for the tables: a long value by the part that is repeated in it.

use serde_json::Value;

use super::message;
use crate::emit::scalars::raw;

/// Maximum length in bytes of a string that is printed as it is.
const MAX_PLAIN_TEXT: usize = 100;
/// Maximum number of equal elements after the first in a list that is printed as it is.
const MAX_PLAIN_ELEMENTS: usize = 10;
/// Maximum length of a repeated part that is searched for.
const MAX_PERIOD: usize = 40;

/// A value as it is printed in a table.
enum CompactValue {
    Json(String),
    /// The start, the repeated part, the number of repetitions, and the end.
    Text(String, String, usize, String),
    /// An element and how often it is repeated.
    List(String, usize),
}

/// Returns the function of the harness that makes `value`, and the expression that calls it. `java` returns the text
/// by which messages show a value of the shape.
pub(super) fn value(value: &Value, java: impl Fn(&Value) -> String) -> (&'static str, String) {
    let shown = |value: &Value| Some(java(value)).filter(|shown| *shown != message::untyped(value));
    match compact(value) {
        CompactValue::Json(json) => match shown(value) {
            Some(shown) => ("shown", format!("shown({}, {})", raw(&json), raw(&shown))),
            None => ("json", format!("json({})", raw(&json))),
        },
        CompactValue::Text(start, repeated, count, end) => {
            let arguments = format!("{}, {}, {count}, {}", raw(&start), raw(&repeated), raw(&end));
            match shown(value) {
                Some(shown) => ("text_shown", format!("text_shown({arguments}, {})", raw(&shown))),
                None => ("text", format!("text({arguments})")),
            }
        }
        CompactValue::List(element, count) => {
            let first = value.as_array().and_then(|items| items.first()).cloned();
            match shown(&Value::Array(first.into_iter().collect())) {
                Some(shown) => {
                    let shown = shown.trim_start_matches('[').trim_end_matches(']');
                    ("listed", format!("listed({}, {}, {count})", raw(&element), raw(shown)))
                }
                None => ("list", format!("list({}, {count})", raw(&element))),
            }
        }
    }
}

fn compact(value: &Value) -> CompactValue {
    let short = match value {
        Value::String(text) if text.len() > MAX_PLAIN_TEXT => long_text(text),
        Value::Array(items) => match items.split_first() {
            Some((first, others))
                if others.len() > MAX_PLAIN_ELEMENTS && others.iter().all(|other| other == first) =>
            {
                Some(CompactValue::List(first.to_string(), items.len()))
            }
            _ => None,
        },
        _ => None,
    };
    short.unwrap_or_else(|| CompactValue::Json(value.to_string()))
}

fn long_text(text: &str) -> Option<CompactValue> {
    let chars: Vec<char> = text.chars().collect();
    // The period is determined in the middle, so that a long text need be searched only once.
    let middle = chars.len() / 2;
    let repeats = |period: &usize| {
        let stretch = 2 * period;
        let window = |start: usize| chars.get(start..start + stretch);
        window(middle).is_some_and(|stretch| window(middle - period) == Some(stretch))
    };
    let period = (1..=MAX_PERIOD.min(middle)).find(repeats)?;
    let (start, end) = longest_run(&chars, period);
    let part = |from: usize, to: usize| chars.iter().skip(from).take(to - from).collect::<String>();
    let count = (end - start) / period;
    let (repeated, rest) = (part(start, start + period), part(start + count * period, chars.len()));
    Some(CompactValue::Text(part(0, start), repeated, count, rest))
}

/// Returns the start and end of the longest part that repeats itself every `period` characters.
fn longest_run(chars: &[char], period: usize) -> (usize, usize) {
    let (mut best, mut start) = ((0, 0), 0);
    for (at, (one, other)) in chars.iter().zip(chars.iter().skip(period)).enumerate() {
        if one != other {
            start = at + 1;
        } else if at + 1 - start > best.1 - best.0 {
            best = (start, at + 1);
        }
    }
    (best.0, best.1 + period)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{message::untyped, value as value_of};

    fn value(value: &serde_json::Value) -> (&'static str, String) {
        value_of(value, untyped)
    }

    #[test]
    fn value_of_short_text_is_printed_as_json() {
        assert_eq!(value(&json!("a")).1, r##"json(r#""a""#)"##);
    }

    #[test]
    fn value_of_repetitive_text_is_printed_with_its_period() {
        assert_eq!(value(&json!("a".repeat(129))).1, r#"text("", "a", 129, "")"#);
        let text = format!("arn:{}:x", "abc".repeat(100));
        assert_eq!(value(&json!(text)).1, r#"text("arn:", "abc", 100, ":x")"#);
        assert_eq!(value(&json!(vec!["ab"; 101])).1, r##"list(r#""ab""#, 101)"##);
    }

    #[test]
    fn value_that_is_shown_otherwise_is_printed_with_its_text() {
        let typed = |value: &serde_json::Value| match value.as_array() {
            Some(items) => format!("[{}]", vec!["A(b=null)"; items.len()].join(", ")),
            None => "A(b=null)".to_owned(),
        };
        assert_eq!(value_of(&json!({}), typed).1, r##"shown("{}", "A(b=null)")"##);
        assert_eq!(value_of(&json!(vec![json!({}); 12]), typed).1, r##"listed("{}", "A(b=null)", 12)"##);
    }
}
