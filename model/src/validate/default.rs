//! Checks that each `default` is a value of its shape.

use serde_json::Value;

use super::traits::{Subject, TraitFault};
use crate::{
    codes,
    draft::{Draft, Drafts, Type},
    findings::Findings,
    read::kind_of,
};

const DEFAULT: &str = "smithy.api#default";

/// Checks that structure members repeat the default of their target or set it to null, as Smithy requires.
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
            &codes::DEFAULT_DIFFERS,
            own.map_or(&member.origin, |own| &own.origin),
            Some(&draft.id),
            format!("the member `{name}` does not repeat the default of `{}`", member.target),
            format!("give it the trait `{DEFAULT}` with {}, or with null for none", shown(expected)),
        );
    }
}

/// Returns why `value` cannot be the default of `subject`, or `None` if it can.
pub(super) fn fault(value: &Value, subject: Subject<'_>) -> Option<TraitFault> {
    if subject.container.is_some_and(|container| container != Type::Structure) {
        return Some((
            "is allowed on shapes and on members of structures, but is applied to a member of another shape"
                .into(),
            "remove it".into(),
        ));
    }
    // With null a member excludes the default of its target.
    if value.is_null() && subject.container.is_some() {
        return None;
    }
    let draft = subject.shape?;
    let expected = expected(draft, value)?;
    Some((
        format!("is {}, but the default of {} must be {expected}", shown(value), draft.of.with_article()),
        "correct the value, or remove the trait".into(),
    ))
}

/// Returns `value` as JSON, or its type if that is long.
fn shown(value: &Value) -> String {
    match value.to_string() {
        text if text.len() <= 40 => text,
        _ => kind_of(value).to_owned(),
    }
}

/// Returns what a default of `draft` must be, or `None` if `value` is that.
fn expected(draft: &Draft, value: &Value) -> Option<String> {
    let within = |least: i64, greatest: i64| value.as_i64().is_some_and(|n| (least..=greatest).contains(&n));
    let is_float_name = matches!(value.as_str(), Some("NaN" | "Infinity" | "-Infinity"));
    let (fits, expected) = match draft.of {
        Type::Boolean => (value.is_boolean(), "true or false"),
        Type::String | Type::Blob => (value.is_string(), "a string"),
        Type::Byte => (within(i8::MIN.into(), i8::MAX.into()), "an integer of 8 bits"),
        Type::Short => (within(i16::MIN.into(), i16::MAX.into()), "an integer of 16 bits"),
        Type::Integer => (within(i32::MIN.into(), i32::MAX.into()), "an integer of 32 bits"),
        Type::Long => (within(i64::MIN, i64::MAX), "an integer of 64 bits"),
        Type::BigInteger => (is_whole(value), "an integer"),
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
        Type::Structure | Type::Union => (false, "absent, because it cannot have one"),
        Type::Operation | Type::Resource | Type::Service => (false, "absent, because it has no value"),
    };
    (!fits).then(|| expected.to_owned())
}

/// Returns whether `value` is an integer. It may be written as a string, so that no digit is lost.
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
