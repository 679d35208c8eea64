//! The wording of the Smithy specification's validation tests, which smithy-rs servers use too.

use super::{
    Clauses, EXCESS,
    limited::{LimitedText, json_length},
};
use crate::violation::{BrokenRule, Part, Segment, Violation};

/// Returns the clauses about the violations of the request with this text, as many as there is room for.
pub(super) fn clauses(text: &str, violations: &[Violation]) -> Clauses {
    let mut out = LimitedText::new(text.len() + EXCESS);
    let mut count = 0;
    for violation in violations {
        // A path may be as long as a key in the request, so it is measured before it is written.
        if count > 0 && !out.has_room(violation.path.bytes()) {
            break;
        }
        let clause = clause(violation);
        if count > 0 && !out.has_room(json_length(&clause)) {
            break;
        }
        out.push_whole(if count == 0 { "" } else { "; " });
        out.push_whole(&clause);
        count += 1;
    }
    Clauses { steps: out.steps(), text: out.into_text(), count }
}

/// Returns the clause about one value.
pub(crate) fn clause(violation: &Violation) -> String {
    let path = path(violation);
    let (value, rule) = match &violation.broken {
        BrokenRule::Required => (String::new(), "Member must not be null".to_owned()),
        BrokenRule::Length { actual, min, max } => {
            let bounds = between(min.as_ref(), max.as_ref());
            (format!(" with length {actual}"), format!("Member must have length {bounds}"))
        }
        BrokenRule::Pattern(pattern) => {
            (String::new(), format!("Member must satisfy regular expression pattern: {pattern}"))
        }
        BrokenRule::Range { min, max, .. } => {
            (String::new(), format!("Member must be {}", between(min.as_ref(), max.as_ref())))
        }
        BrokenRule::Enum(values) => {
            (String::new(), format!("Member must satisfy enum value set: [{}]", values.join(", ")))
        }
        BrokenRule::UniqueItems => (String::new(), "Member must have unique values".to_owned()),
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

/// Returns a JSON pointer to the value. A wrong key of a map is reported at the map, since a pointer cannot name it.
pub(crate) fn path(violation: &Violation) -> String {
    pointer(violation.path.segments())
}

/// Returns the JSON pointer of these steps.
pub(crate) fn pointer<'s>(segments: impl IntoIterator<Item = &'s Segment>) -> String {
    let mut path = String::new();
    for segment in segments {
        match segment {
            Segment::Member { name, .. } => path.push_str(&format!("/{}", escaped(name))),
            Segment::Index(index) => path.push_str(&format!("/{index}")),
            Segment::Entry { part: Part::Key, .. } => {}
            Segment::Entry { key, .. } => path.push_str(&format!("/{}", escaped(key))),
        }
    }
    path
}

/// Escapes a name by RFC 6901.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
