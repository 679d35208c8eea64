//! Values in as little room as a table has: what is long is told by what is repeated in it.

use serde_json::Value;

use crate::emit::scalars::raw;

/// Texts up to this many characters are spelled out.
const SHORT: usize = 100;
/// Lists of up to so many equal elements after the first are, too.
const FEW: usize = 10;
/// The longest part that is looked for as what is repeated.
const PERIOD: usize = 40;

/// A value as a table spells it.
enum Spelled {
    Json(String),
    /// What it begins with, what is repeated, how often, and what it ends with.
    Text(String, String, usize, String),
    /// The elements, all the same, and how many.
    List(String, usize),
}

/// The function of the harness that makes `value`, and the expression that calls it.
pub(super) fn value(value: &Value) -> (&'static str, String) {
    match spelled(value) {
        Spelled::Json(json) => ("json", format!("json({})", raw(&json))),
        Spelled::Text(start, repeated, count, end) => {
            ("text", format!("text({}, {}, {count}, {})", raw(&start), raw(&repeated), raw(&end)))
        }
        Spelled::List(element, count) => ("list", format!("list({}, {count})", raw(&element))),
    }
}

fn spelled(value: &Value) -> Spelled {
    let short = match value {
        Value::String(text) if text.len() > SHORT => long_text(text),
        Value::Array(items) => match items.split_first() {
            Some((first, others)) if others.len() > FEW && others.iter().all(|other| other == first) => {
                Some(Spelled::List(first.to_string(), items.len()))
            }
            _ => None,
        },
        _ => None,
    };
    short.unwrap_or_else(|| Spelled::Json(value.to_string()))
}

fn long_text(text: &str) -> Option<Spelled> {
    let chars: Vec<char> = text.chars().collect();
    // What is repeated shows in the middle, so that a long text need be searched only once.
    let middle = chars.len() / 2;
    let repeats = |period: &usize| {
        let stretch = 2 * period;
        let window = |start: usize| chars.get(start..start + stretch);
        window(middle).is_some_and(|stretch| window(middle - period) == Some(stretch))
    };
    let period = (1..=PERIOD.min(middle)).find(repeats)?;
    let (start, end) = longest_run(&chars, period);
    let part = |from: usize, to: usize| chars.iter().skip(from).take(to - from).collect::<String>();
    let count = (end - start) / period;
    let (repeated, rest) = (part(start, start + period), part(start + count * period, chars.len()));
    Some(Spelled::Text(part(0, start), repeated, count, rest))
}

/// Where the longest stretch that repeats itself every `period` characters starts and ends.
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

    use super::value;

    #[test]
    fn short_values_are_spelled_out() {
        assert_eq!(value(&json!("a")).1, r##"json(r#""a""#)"##);
    }

    #[test]
    fn what_is_repeated_is_told_once() {
        assert_eq!(value(&json!("a".repeat(129))).1, r#"text("", "a", 129, "")"#);
        let text = format!("arn:{}:x", "abc".repeat(100));
        assert_eq!(value(&json!(text)).1, r#"text("arn:", "abc", 100, ":x")"#);
        assert_eq!(value(&json!(vec!["ab"; 101])).1, r##"list(r#""ab""#, 101)"##);
    }
}
