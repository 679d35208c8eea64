//! Values in as little room as a table has: what is long is told by what is repeated in it.

use serde_json::Value;

use crate::emit::scalars::raw;

/// Texts up to this many characters are spelled out.
const SHORT: usize = 100;
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

/// The expression for `value` in a generated table.
pub(super) fn value(value: &Value) -> String {
    match spelled(value) {
        Spelled::Json(json) => format!("json({})", raw(&json)),
        Spelled::Text(start, repeated, count, end) => {
            format!("text({}, {}, {count}, {})", raw(&start), raw(&repeated), raw(&end))
        }
        Spelled::List(element, count) => format!("list({}, {count})", raw(&element)),
    }
}

/// The function of the harness that the expression calls.
pub(super) fn function(value: &Value) -> &'static str {
    match spelled(value) {
        Spelled::Json(_) => "json",
        Spelled::Text(..) => "text",
        Spelled::List(..) => "list",
    }
}

fn spelled(value: &Value) -> Spelled {
    let json = value.to_string();
    if json.chars().count() <= SHORT {
        return Spelled::Json(json);
    }
    match value {
        Value::String(text) => long_text(text).unwrap_or(Spelled::Json(json)),
        Value::Array(items) => match items.split_first() {
            Some((first, others)) if others.iter().all(|other| other == first) => {
                Spelled::List(first.to_string(), items.len())
            }
            _ => Spelled::Json(json),
        },
        _ => Spelled::Json(json),
    }
}

fn long_text(text: &str) -> Option<Spelled> {
    let chars: Vec<char> = text.chars().collect();
    // A stretch with a period repeats itself with every multiple of it too, but no longer so.
    let mut best = (0, 0, 0);
    for period in 1..=PERIOD.min(chars.len() / 2) {
        let run = longest_run(&chars, period);
        if run.1 - run.0 > best.1 - best.0 {
            best = run;
        }
        if best.1 - best.0 + SHORT > chars.len() {
            break;
        }
    }
    let (start, end, period) = Some(best).filter(|(start, end, period)| end - start > 2 * period)?;
    let part = |from: usize, to: usize| chars.iter().skip(from).take(to - from).collect::<String>();
    let count = (end - start) / period;
    let (repeated, rest) = (part(start, start + period), part(start + count * period, chars.len()));
    Some(Spelled::Text(part(0, start), repeated, count, rest))
}

/// Where the longest stretch that repeats itself every `period` characters starts and ends.
fn longest_run(chars: &[char], period: usize) -> (usize, usize, usize) {
    let (mut best, mut start) = ((0, 0), 0);
    for (at, (one, other)) in chars.iter().zip(chars.iter().skip(period)).enumerate() {
        if one != other {
            start = at + 1;
        } else if at + 1 - start > best.1 - best.0 {
            best = (start, at + 1);
        }
    }
    (best.0, best.1 + period, period)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::value;

    #[test]
    fn short_values_are_spelled_out() {
        assert_eq!(value(&json!("a")), r##"json(r#""a""#)"##);
    }

    #[test]
    fn what_is_repeated_is_told_once() {
        assert_eq!(value(&json!("a".repeat(129))), r#"text("", "a", 129, "")"#);
        let text = format!("arn:{}:x", "abc".repeat(100));
        assert_eq!(value(&json!(text)), r#"text("arn:", "abc", 100, ":x")"#);
        assert_eq!(value(&json!(vec!["ab"; 101])), r##"list(r#""ab""#, 101)"##);
    }
}
