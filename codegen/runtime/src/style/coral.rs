//! The wording of the live service.
//!
//! *Observed* on Amazon Cognito: the head, the clauses of single values, the quoting of an element's
//! enum at its list. *Documented* by public recordings of sibling services with the same front end:
//! the quoting of lengths and patterns at a list or map. *Chosen*: the order of quoted rules.

use serde_json::Value;

use crate::{
    Rules, Violation,
    violation::{Broken, Container, Part, Path, Segment},
};

/// `N validation errors detected: ` and the clauses.
pub(crate) fn message(violations: &[Violation]) -> String {
    let mut clauses: Vec<String> = Vec::new();
    for violation in violations {
        let clause = clause(violation);
        // Every wrong element of a list gives the same clause about the list.
        if violation.within.is_none() || !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    let plural = if clauses.len() == 1 { "" } else { "s" };
    format!("{} validation error{plural} detected: {}", clauses.len(), clauses.join("; "))
}

fn clause(violation: &Violation) -> String {
    if let Some(container) = &violation.within {
        return format!(
            "Value{} at '{}' failed to satisfy constraint: {}",
            quoted(container.json.as_deref().and_then(show).as_deref()),
            path(&violation.path, 1),
            nested(container, &violation.broken)
        );
    }
    let value = match violation.broken {
        Broken::Required => " null".to_owned(),
        _ => quoted(violation.shown.as_deref()),
    };
    format!(
        "Value{value} at '{}' failed to satisfy constraint: {}",
        path(&violation.path, 0),
        rule(&violation.broken)
    )
}

fn quoted(shown: Option<&str>) -> String {
    shown.map(|value| format!(" '{value}'")).unwrap_or_default()
}

/// What is said of one broken rule.
pub(crate) fn rule(broken: &Broken) -> String {
    match broken {
        Broken::Required => "Member must not be null".to_owned(),
        Broken::Length { actual, min: Some(min), .. } if actual < min => at_least("length", min),
        Broken::Length { max, .. } => max.map(|max| at_most("length", &max)).unwrap_or_default(),
        Broken::Pattern(pattern) => matches(pattern),
        Broken::Range { below: true, min: Some(min), .. } => at_least("value", min),
        Broken::Range { max, .. } => max.map(|max| at_most("value", &max)).unwrap_or_default(),
        Broken::Enum(values) => one_of(values),
        Broken::UniqueItems => "Member must not contain duplicate items".to_owned(),
    }
}

fn at_least(what: &str, min: &impl std::fmt::Display) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

fn at_most(what: &str, max: &impl std::fmt::Display) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

fn matches(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn one_of(values: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// What is said at a list or map of its parts: all their rules, whichever was broken.
fn nested(container: &Container, broken: &Broken) -> String {
    let subject = match container.part {
        Part::Element => "Member",
        Part::Key => "Map keys",
        Part::Value => "Map value",
    };
    let mut rules = match (broken, container.rules) {
        (Broken::Required, _) | (_, None) => Vec::new(),
        (_, Some(rules)) => all(rules),
    };
    // That elements are unique is a rule of lists alone, and not among those.
    let broken = rule(broken);
    if !rules.contains(&broken) {
        rules.push(broken);
    }
    format!("{subject} must satisfy constraint: [{}]", rules.join(", "))
}

fn all(rules: &Rules) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(rules.pattern.map(|pattern| matches(pattern.as_str())));
    all.extend(rules.max_length.map(|max| at_most("length", &max)));
    all.extend(rules.min_length.map(|min| at_least("length", &min)));
    all.extend(rules.max.map(|max| at_most("value", &max)));
    all.extend(rules.min.map(|min| at_least("value", &min)));
    all.extend(rules.values.map(one_of));
    all
}

/// `userAttributes.1.member.name`, less the `dropped` innermost segments.
fn path(path: &Path, dropped: usize) -> String {
    let mut text = String::new();
    for segment in path.segments().take(path.len() - dropped.min(path.len())) {
        if !text.is_empty() {
            text.push('.');
        }
        match segment {
            Segment::Member { name, .. } => {
                let mut chars = name.chars();
                text.extend(chars.next().map(|first| first.to_ascii_lowercase()));
                text.push_str(chars.as_str());
            }
            Segment::Index(index) => text.push_str(&format!("{}.member", index + 1)),
            Segment::Entry { key, .. } => text.push_str(&format!("{key}.member")),
        }
    }
    text
}

/// A JSON value as Java prints it: strings bare, `[a, b]`, `{k=v}`.
pub(crate) fn show(json: &str) -> Option<String> {
    serde_json::from_str(json).ok().map(|value| show_value(&value))
}

fn show_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(show_value).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}={}", show_value(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}
