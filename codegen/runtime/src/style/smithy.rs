//! The wording of the Smithy specification's validation tests, which smithy-rs servers use too.

use crate::{
    Violation,
    violation::{Broken, Part, Segment},
};

/// `N validation errors detected. ` and the clauses.
pub(crate) fn message(violations: &[Violation]) -> String {
    let plural = if violations.len() == 1 { "" } else { "s" };
    let clauses: Vec<_> = violations.iter().map(clause).collect();
    format!("{} validation error{plural} detected. {}", clauses.len(), clauses.join("; "))
}

/// What is said of one value.
pub(crate) fn clause(violation: &Violation) -> String {
    let path = path(violation);
    let (value, rule) = match &violation.broken {
        Broken::Required => (String::new(), "Member must not be null".to_owned()),
        Broken::Length { actual, min, max } => {
            let bounds = between(min.as_ref(), max.as_ref());
            (format!(" with length {actual}"), format!("Member must have length {bounds}"))
        }
        Broken::Pattern(pattern) => {
            (String::new(), format!("Member must satisfy regular expression pattern: {pattern}"))
        }
        Broken::Range { min, max, .. } => {
            (String::new(), format!("Member must be {}", between(min.as_ref(), max.as_ref())))
        }
        Broken::Enum(values) => {
            (String::new(), format!("Member must satisfy enum value set: [{}]", values.join(", ")))
        }
        Broken::UniqueItems => (String::new(), "Member must have unique values".to_owned()),
    };
    format!("Value{value} at '{path}' failed to satisfy constraint: {rule}")
}

fn between<T: std::fmt::Display>(min: Option<&T>, max: Option<&T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}, inclusive"),
        (Some(min), None) => format!("greater than or equal to {min}"),
        (None, Some(max)) => format!("less than or equal to {max}"),
        (None, None) => String::new(),
    }
}

/// A JSON pointer to the value; a key of a map has no place of its own and is told of at the map.
pub(crate) fn path(violation: &Violation) -> String {
    let mut path = String::new();
    for segment in violation.path.segments() {
        match segment {
            Segment::Member { name, .. } => path.push_str(&format!("/{}", escaped(name))),
            Segment::Index(index) => path.push_str(&format!("/{index}")),
            Segment::Entry { part: Part::Key, .. } => {}
            Segment::Entry { key, .. } => path.push_str(&format!("/{}", escaped(key))),
        }
    }
    path
}

/// RFC 6901's escapes.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
