//! Values in as little room as a table has: what is long is told by what is repeated in it.

use serde_json::Value;

use crate::emit::scalars::raw;

/// Texts up to this many characters are spelled out.
const SHORT: usize = 100;
/// The longest part that is looked for as what is repeated.
const PERIOD: usize = 40;

/// The expression for `value` in a generated table.
pub(super) fn value(value: &Value) -> String {
    let json = value.to_string();
    if json.chars().count() <= SHORT {
        return format!("json({})", raw(&json));
    }
    match value {
        Value::String(text) => long_text(text),
        Value::Array(items) => match items.split_first() {
            Some((first, others)) if others.iter().all(|other| other == first) => {
                format!("list({}, {})", raw(&first.to_string()), items.len())
            }
            _ => format!("json({})", raw(&json)),
        },
        _ => format!("json({})", raw(&json)),
    }
}

fn long_text(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let longest = (1..=PERIOD.min(chars.len() / 2))
        .map(|period| longest_run(&chars, period))
        .max_by_key(|(start, end, period)| (end - start, usize::MAX - period));
    let Some((start, end, period)) = longest.filter(|(start, end, period)| end - start > 2 * period) else {
        return format!("json({})", raw(&Value::from(text).to_string()));
    };
    let part = |from: usize, to: usize| chars.iter().skip(from).take(to - from).collect::<String>();
    let count = (end - start) / period;
    format!(
        "text({}, {}, {count}, {})",
        raw(&part(0, start)),
        raw(&part(start, start + period)),
        raw(&part(start + count * period, chars.len()))
    )
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
