//! Whether a `default` is a value of the shape it is the default of.

use serde_json::Value;

use super::traits::{Fault, Subject};
use crate::{
    draft::{Draft, Drafts, Type},
    findings::Findings,
    read::kind_of,
};

const DEFAULT: &str = "smithy.api#default";

/// Members must repeat the default of what they target or say null: then what a reader of the member
/// sees is all there is to know.
pub(super) fn check_repeated(draft: &Draft, drafts: &Drafts, findings: &mut Findings) {
    if draft.of != Type::Structure {
        return;
    }
    for (name, member) in &draft.members {
        let target = drafts.shapes.get(&member.target).and_then(|target| target.traits.get(DEFAULT));
        let Some(expected) = target.map(|applied| &applied.value) else { continue };
        let own = member.traits.get(DEFAULT);
        if own.is_some_and(|own| own.value.is_null() || own.value == *expected) {
            continue;
        }
        findings.error(
            own.map_or(&member.origin, |own| &own.origin),
            Some(&draft.id),
            format!("the member `{name}` does not repeat the default of `{}`", member.target),
            format!("give it the trait `{DEFAULT}` with {}, or with null for none", shown(expected)),
        );
    }
}

/// What is wrong with the default `value` of `subject`.
pub(super) fn fault(value: &Value, subject: Subject<'_>) -> Option<Fault> {
    if subject.container.is_some_and(|container| container != Type::Structure) {
        return Some((
            "belongs on members of structures and on shapes, but stands on a member of another shape".into(),
            "take it away".into(),
        ));
    }
    // A member says with null that it does not share the default of its target.
    if value.is_null() && subject.container.is_some() {
        return None;
    }
    let draft = subject.shape?;
    let wanted = wanted(draft, value)?;
    Some((
        format!("is {}, but the default of {} must be {wanted}", shown(value), draft.of.in_words()),
        "correct the value, or take the trait away".into(),
    ))
}

/// `value` as it is written, unless that is long.
fn shown(value: &Value) -> String {
    match value.to_string() {
        text if text.len() <= 40 => text,
        _ => kind_of(value).to_owned(),
    }
}

/// What a default of `draft` must be, if `value` is not.
fn wanted(draft: &Draft, value: &Value) -> Option<String> {
    let within = |least: i64, greatest: i64| value.as_i64().is_some_and(|n| (least..=greatest).contains(&n));
    let is_float_name = matches!(value.as_str(), Some("NaN" | "Infinity" | "-Infinity"));
    let (fits, wanted) = match draft.of {
        Type::Boolean => (value.is_boolean(), "true or false"),
        Type::String | Type::Blob => (value.is_string(), "a string"),
        Type::Byte => (within(i8::MIN.into(), i8::MAX.into()), "a whole number of 8 bits"),
        Type::Short => (within(i16::MIN.into(), i16::MAX.into()), "a whole number of 16 bits"),
        Type::Integer => (within(i32::MIN.into(), i32::MAX.into()), "a whole number of 32 bits"),
        Type::Long => (within(i64::MIN, i64::MAX), "a whole number of 64 bits"),
        Type::BigInteger => (is_whole(value), "a whole number"),
        Type::Float | Type::Double => (value.is_number() || is_float_name, "a number"),
        Type::BigDecimal => (value.is_number() || value.is_string(), "a number"),
        Type::Timestamp => (value.is_number() || value.is_string(), "a number of seconds or a date and time"),
        Type::List => (value.as_array().is_some_and(Vec::is_empty), "an empty list"),
        Type::Map => (value.as_object().is_some_and(|map| map.is_empty()), "an empty object"),
        Type::Document => {
            let is_bare = match value {
                Value::Array(items) => items.is_empty(),
                Value::Object(entries) => entries.is_empty(),
                Value::Null => false,
                _ => true,
            };
            (is_bare, "a string, number, true, false, or an empty list or object")
        }
        Type::Enum | Type::IntEnum => (draft.is_incomplete || is_listed(draft, value), "one of its values"),
        Type::Structure | Type::Union => (false, "absent, as it cannot have one"),
        Type::Operation | Type::Resource | Type::Service => (false, "absent, as it has no value"),
    };
    (!fits).then(|| wanted.to_owned())
}

/// A whole number, which may also be written as a string so that no digit is lost.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.as_i128().is_some() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn is_listed(draft: &Draft, value: &Value) -> bool {
    let values = draft.members.values().filter_map(|member| member.traits.get("smithy.api#enumValue"));
    values.into_iter().any(|applied| applied.value == *value)
}
