//! Checks that a shape has the members that its type requires.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    codes,
    draft::{Draft, DraftMember, Type},
    findings::Findings,
    prelude::UNIT,
};

/// Checks the members of one shape. Their targets are checked in `targets`.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let needed: &[&str] = match draft.of {
        Type::List => &["member"],
        Type::Map => &["key", "value"],
        _ => &[],
    };
    // An incomplete shape has been reported, and may have had the missing member.
    if !draft.is_incomplete && !draft.is_mixin() {
        for name in needed.iter().filter(|name| !draft.members.contains_key(**name)) {
            findings.error(
                &codes::MISSING_MEMBER,
                &draft.origin,
                Some(&draft.id),
                format!("the {} has no `{name}`", draft.of.name()),
                format!("add one, such as `\"{name}\": {{\"target\": \"smithy.api#String\"}}`"),
            );
        }
        if draft.members.is_empty() && matches!(draft.of, Type::Union | Type::Enum | Type::IntEnum) {
            findings.error(
                &codes::MISSING_MEMBER,
                &draft.origin,
                Some(&draft.id),
                format!("the {} has no members", draft.of.name()),
                "add at least one under `members`",
            );
        }
    }
    check_names(draft, findings);
    if matches!(draft.of, Type::Enum | Type::IntEnum) {
        check_values(draft, findings);
    }
}

/// Refuses names that differ only in case.
fn check_names(draft: &Draft, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (name, member) in &draft.members {
        if let Some(first) = seen.insert(name.to_ascii_lowercase(), name) {
            findings.error(
                &codes::CASE,
                &member.origin,
                Some(&draft.id),
                format!("the members `{first}` and `{name}` differ only in case"),
                "rename one of them",
            );
        }
    }
}

/// Checks the members of an enum: each targets `Unit` and has a value of its own.
fn check_values(draft: &Draft, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (name, member) in &draft.members {
        if member.target.as_str() != UNIT {
            findings.error(
                &codes::ENUM_VALUE,
                &member.origin.child("target"),
                Some(&draft.id),
                format!("the member `{name}` of an enum targets `{}`", member.target),
                format!("make it target `{UNIT}`; the trait `smithy.api#enumValue` sets its value"),
            );
        }
        let value = member.traits.get("smithy.api#enumValue");
        let origin = value.map_or(&member.origin, |applied| &applied.origin);
        if let Some((message, remedy)) = fault_of_value(draft.of, name, member) {
            findings.error(&codes::ENUM_VALUE, origin, Some(&draft.id), message, remedy);
        } else if !seen.insert(value.map(|applied| applied.value.to_string())) {
            findings.error(
                &codes::ENUM_VALUE,
                origin,
                Some(&draft.id),
                format!("the value of `{name}` is also that of another member"),
                "give each member a value of its own",
            );
        }
    }
}

fn fault_of_value(of: Type, name: &str, member: &DraftMember) -> Option<(String, &'static str)> {
    let value = member.traits.get("smithy.api#enumValue").map(|applied| &applied.value);
    match (of, value) {
        (Type::IntEnum, None) => Some((
            format!("the member `{name}` of the intEnum has no value"),
            "give it the trait `smithy.api#enumValue` with an integer",
        )),
        (Type::IntEnum, Some(value)) => {
            let fits = value.as_i64().is_some_and(|value| i32::try_from(value).is_ok());
            (!fits).then(|| {
                let message = format!("the value of `{name}` is {value}, which is not an integer of 32 bits");
                (message, "write an integer between -2147483648 and 2147483647, without quotes")
            })
        }
        (_, value) => {
            let fits = value.and_then(Value::as_str).is_some_and(|value| !value.is_empty());
            (!fits).then(|| {
                let shown = value.map_or_else(|| "missing".to_owned(), Value::to_string);
                (
                    format!("the value of `{name}` is {shown}, but an enum needs strings that are not empty"),
                    "write the value in quotes, or make the shape an `intEnum`",
                )
            })
        }
    }
}
