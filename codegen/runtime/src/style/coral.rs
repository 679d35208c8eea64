//! The wording of the live AWS services.
//!
//! *Observed* on Amazon Cognito: the first sentence, the clauses of single values, that a list of scalars with a wrong
//! element has one clause with all rules of the elements, and the order of these rules: upper length, lower length,
//! pattern (api-0001, api-0003, api-0004, api-0335). *Observed* on other AWS services with the same front end: the same
//! for maps (api-0334), and the rule about `null` at the end. *Chosen*: bounds of numbers and enum values after these.

use super::{
    Clauses, EXCESS, java,
    limited::{LimitedText, json_length},
};
use crate::{
    Rules,
    violation::{BrokenRule, Container, Excerpt, OtherRules, Part, Path, Segment, Violation},
};

/// How many bytes may be read again to print values, for each byte of the request. *Chosen*: a value is read once for
/// each structure that it is nested in; the deepest of a published model has fewer than half as many.
const READS: usize = 16;

/// The least room for a value. A clause for which there is less is not told.
const MARGIN: usize = 64;

const NOT_NULL: &str = "Member must not be null";
const NO_DUPLICATES: &str = "Member must not contain duplicate items";

/// Returns the clauses about the violations of the request with this text, as many as there is room for.
pub(super) fn clauses(text: &str, violations: &[Violation]) -> Clauses {
    let mut out = LimitedText::new(text.len() + EXCESS);
    let mut reads = READS * text.len();
    let mut count = 0;
    for violation in violations {
        // A path may be as long as a key in the request, so it is measured before it is written.
        if count > 0 && !out.has_room(violation.path.bytes()) {
            break;
        }
        let (value, place) = subject(violation);
        let end = format!(" at '{place}' failed to satisfy constraint: {}", constraint(violation));
        if count > 0 && !out.has_room(json_length(&end) + MARGIN) {
            break;
        }
        out.push_whole(if count == 0 { "Value" } else { "; Value" });
        match value {
            Subject::Null => out.push_whole(" null"),
            Subject::Hidden => {}
            Subject::Shown(Excerpt { start, end: to, form }) => {
                out.push_whole(" '");
                let json = text.get(start..to).unwrap_or_default();
                out.push_before(&format!("'{end}"), |out| java::show(json, form, out, &mut reads));
                count += 1;
                continue;
            }
        }
        out.push_whole(&end);
        count += 1;
    }
    Clauses { steps: out.steps(), text: out.into_text(), count }
}

/// What a clause shows of the value.
enum Subject {
    Null,
    Hidden,
    Shown(Excerpt),
}

/// Returns what the clause shows, and the path to it: of the value, or of the list or map that it is a part of.
fn subject(violation: &Violation) -> (Subject, String) {
    let shown = |value: Option<Excerpt>| value.map_or(Subject::Hidden, Subject::Shown);
    match &violation.container {
        Some(container) => (shown(container.value), path(&violation.path, 1)),
        None if violation.broken == BrokenRule::Required => (Subject::Null, path(&violation.path, 0)),
        None => (shown(violation.value), path(&violation.path, 0)),
    }
}

/// Returns the sentence about what was broken.
fn constraint(violation: &Violation) -> String {
    match &violation.container {
        Some(container) => nested(container, &violation.broken, violation.others),
        None => rule(&violation.broken),
    }
}

/// Returns the sentence about one broken rule.
pub(crate) fn rule(broken: &BrokenRule) -> String {
    match broken {
        BrokenRule::Required => NOT_NULL.to_owned(),
        BrokenRule::Length { actual, min: Some(min), .. } if actual < min => at_least("length", min),
        BrokenRule::Length { max, .. } => max.map(|max| at_most("length", &max)).unwrap_or_default(),
        BrokenRule::Pattern(pattern) => matches(pattern),
        BrokenRule::Range { below: true, min: Some(min), .. } => at_least("value", min),
        BrokenRule::Range { max, .. } => max.map(|max| at_most("value", &max)).unwrap_or_default(),
        BrokenRule::Enum(values) => one_of(values),
        BrokenRule::UniqueItems => NO_DUPLICATES.to_owned(),
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

/// Returns the sentence about wrong elements, keys or values. It lists all rules of the parts, whichever is broken, but
/// the rules about `null` and about equal elements only if they are.
fn nested(container: &Container, broken: &BrokenRule, others: OtherRules) -> String {
    let subject = match container.part {
        Part::Element => "Member",
        Part::Key => "Map keys",
        Part::Value => "Map value",
    };
    let mut rules = container.rules.map(all).unwrap_or_default();
    let has_duplicates = others.duplicates || *broken == BrokenRule::UniqueItems;
    let has_null = others.null || *broken == BrokenRule::Required;
    if !matches!(broken, BrokenRule::UniqueItems | BrokenRule::Required) {
        // A sensitive shape does not tell its rules here.
        let broken = rule(broken);
        if !rules.contains(&broken) {
            rules.push(broken);
        }
    }
    rules.extend(has_duplicates.then(|| NO_DUPLICATES.to_owned()));
    rules.extend(has_null.then(|| NOT_NULL.to_owned()));
    format!("{subject} must satisfy constraint: [{}]", rules.join(", "))
}

fn all(rules: &Rules) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(rules.max_length.map(|max| at_most("length", &max)));
    all.extend(rules.min_length.map(|min| at_least("length", &min)));
    all.extend(rules.pattern.map(|pattern| matches(pattern.as_str())));
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
            Segment::Member { name, .. } => text.push_str(&java::member_name(name)),
            Segment::Index(index) => text.push_str(&format!("{}.member", index + 1)),
            Segment::Entry { key, .. } => text.push_str(&format!("{key}.member")),
        }
    }
    text
}
