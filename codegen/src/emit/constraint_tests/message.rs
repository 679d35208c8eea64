//! Builds the messages of the live service about a broken rule, independently of `lido-runtime`, so that each checks the
//! other.

use lido_model::{Member, Model, ShapeKind};
use serde_json::{Number, Value};

use super::{
    view::{Constraint, View},
    walk::PLACEHOLDER,
};

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
/// lower one, and the pattern after the length.
pub(super) fn quoted(constraints: &[Constraint<'_>]) -> Vec<String> {
    let place = |constraint: &Constraint<'_>| match constraint {
        Constraint::MaxLength(_) => Some(0),
        Constraint::MinLength(_) => Some(1),
        Constraint::Pattern(..) => Some(2),
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

/// Returns a value of the shape as Java prints it. The placeholder is printed as it is, whatever the shape.
pub(super) fn java(model: &Model, view: &View<'_>, value: &Value) -> String {
    let part = |member: &Member, value: &Value| {
        View::of(model, view.shape, member).map_or_else(String::new, |view| java(model, &view, value))
    };
    match (&view.shape.kind, value) {
        (ShapeKind::Structure(members) | ShapeKind::Union(members), Value::Object(values)) => {
            let members = members.iter().map(|member| {
                let value =
                    values.get(&member.name).map_or_else(|| "null".to_owned(), |value| part(member, value));
                format!("{}={value}", printed_name(member))
            });
            format!("{}({})", view.shape.id.name(), members.collect::<Vec<_>>().join(", "))
        }
        (ShapeKind::List(element), Value::Array(items)) => {
            format!("[{}]", items.iter().map(|item| part(element, item)).collect::<Vec<_>>().join(", "))
        }
        (ShapeKind::Map { value: of, .. }, Value::Object(entries)) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", part(of, value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        (ShapeKind::Blob, Value::String(text)) if text != PLACEHOLDER => {
            let bytes = text.trim_end_matches('=').len() * 3 / 4;
            format!("java.nio.HeapByteBuffer[pos=0 lim={bytes} cap={bytes}]")
        }
        (_, value) => untyped(value),
    }
}

/// Returns a JSON value as Java prints one without structures and blobs, as the harness does.
pub(super) fn untyped(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(untyped).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", untyped(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns a member's name as messages show it.
pub(super) fn printed_name(member: &Member) -> String {
    let name = member.traits.text("lido.api#printedName").unwrap_or(&member.name);
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}
