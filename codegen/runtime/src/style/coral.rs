//! The wording of the live AWS services.
//!
//! *Observed* on Amazon Cognito: the first sentence, the clauses of single values, and that a wrong enum value in a list
//! is reported at the list. *Documented* by public recordings of other AWS services with the same front end: the same for
//! lengths and patterns in a list or map. *Chosen*: the order of the rules in such a clause.

use serde_json::Value;

use crate::{
    Rules, Violation,
    violation::{BrokenRule, Container, Part, Path, Segment},
};

/// Returns `N validation errors detected: ` and the clauses.
pub(crate) fn message(violations: &[Violation]) -> String {
    let mut clauses: Vec<String> = Vec::new();
    for violation in violations {
        let clause = clause(violation);
        // Several wrong elements of a list have the same clause, which is about the list.
        if violation.container.is_none() || !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    let plural = if clauses.len() == 1 { "" } else { "s" };
    format!("{} validation error{plural} detected: {}", clauses.len(), clauses.join("; "))
}

fn clause(violation: &Violation) -> String {
    if let Some(container) = &violation.container {
        return format!(
            "Value{} at '{}' failed to satisfy constraint: {}",
            quoted(container.json.as_deref().and_then(show).as_deref()),
            path(&violation.path, 1),
            nested(container, &violation.broken)
        );
    }
    let value = match violation.broken {
        BrokenRule::Required => " null".to_owned(),
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

/// Returns the sentence about one broken rule.
pub(crate) fn rule(broken: &BrokenRule) -> String {
    match broken {
        BrokenRule::Required => "Member must not be null".to_owned(),
        BrokenRule::Length { actual, min: Some(min), .. } if actual < min => at_least("length", min),
        BrokenRule::Length { max, .. } => max.map(|max| at_most("length", &max)).unwrap_or_default(),
        BrokenRule::Pattern(pattern) => matches(pattern),
        BrokenRule::Range { below: true, min: Some(min), .. } => at_least("value", min),
        BrokenRule::Range { max, .. } => max.map(|max| at_most("value", &max)).unwrap_or_default(),
        BrokenRule::Enum(values) => one_of(values),
        BrokenRule::UniqueItems => "Member must not contain duplicate items".to_owned(),
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

/// Returns the sentence about a wrong element, key or value. It lists all rules of the parts, whichever is broken.
fn nested(container: &Container, broken: &BrokenRule) -> String {
    let subject = match container.part {
        Part::Element => "Member",
        Part::Key => "Map keys",
        Part::Value => "Map value",
    };
    let mut rules = match (broken, container.rules) {
        (BrokenRule::Required, _) | (_, None) => Vec::new(),
        (_, Some(rules)) => all(rules),
    };
    // `uniqueItems` is a rule of lists, which `all` does not list.
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

/// Returns the path as `userAttributes.1.member.name`, without the `dropped` innermost segments.
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

/// Returns a JSON value as Java prints it: strings without quotes, `[a, b]`, `{k=v}`.
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
