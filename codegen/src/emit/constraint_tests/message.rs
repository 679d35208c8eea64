//! Builds the messages of the live service about a broken rule, independently of `lido-runtime`, so that each checks the
//! other.

use serde_json::{Number, Value};

use super::view::Constraint;

/// Returns the sentence about a value that violates `constraint`.
pub(super) fn rule(constraint: &Constraint<'_>) -> String {
    match constraint {
        Constraint::Pattern(_, printed) => {
            format!("Member must satisfy regular expression pattern: {printed}")
        }
        Constraint::MinLength(min) => format!("Member must have length greater than or equal to {min}"),
        Constraint::MaxLength(max) => format!("Member must have length less than or equal to {max}"),
        Constraint::Min(min) => format!("Member must have value greater than or equal to {}", shown(min)),
        Constraint::Max(max) => format!("Member must have value less than or equal to {}", shown(max)),
        Constraint::Enum(values) => {
            format!("Member must satisfy enum value set: [{}]", values.join(", "))
        }
        Constraint::Unique => "Member must not contain duplicate items".to_owned(),
    }
}

/// Returns a bound in decimal notation, without a fraction if it is an integer.
fn shown(bound: &Number) -> String {
    bound
        .as_i64()
        .map(|bound| bound.to_string())
        .or_else(|| Some(bound.as_f64()?.to_string()))
        .unwrap_or_default()
}

/// Returns the rules that a message about a list or map lists for its parts: all of them, the upper bound before the
/// lower one.
pub(super) fn quoted(constraints: &[Constraint<'_>]) -> Vec<String> {
    let place = |constraint: &Constraint<'_>| match constraint {
        Constraint::Pattern(..) => Some(0),
        Constraint::MaxLength(_) => Some(1),
        Constraint::MinLength(_) => Some(2),
        Constraint::Max(_) => Some(3),
        Constraint::Min(_) => Some(4),
        Constraint::Enum(_) => Some(5),
        // Listed only if it is the broken rule.
        Constraint::Unique => None,
    };
    let mut placed: Vec<_> =
        constraints.iter().filter_map(|constraint| Some((place(constraint)?, rule(constraint)))).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, rule)| rule).collect()
}

/// Returns a JSON value as Java prints it.
pub(super) fn java(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(java).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", java(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns a member's name as it is written in a path.
pub(super) fn path_name(member: &str) -> String {
    let mut chars = member.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
