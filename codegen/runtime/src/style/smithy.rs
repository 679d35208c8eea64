//! The wording of the Smithy specification's validation tests, which smithy-rs servers use too.

use super::{
    Clauses, EXCESS,
    limited::{LimitedText, json_length},
};
use crate::violation::{BrokenRule, Part, Segment, Violation};

/// The length in bytes of JSON from which a path is cut off. *Chosen*: an answer tells a path up to three times, and a
/// caller decides the length of a key.
const MAX_PATH: usize = 2 * 1024;

/// The bytes of an element of a list of violations beside path and clause: the names of its members, and punctuation.
const FRAME: usize = 64;

/// An element of the list of violations that an answer may have beside the message.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) path: String,
    pub(crate) clause: String,
}

impl Field {
    fn of(violation: &Violation) -> Self {
        let path = pointer(violation.path.segments());
        Self { clause: clause(violation, &path), path }
    }

    /// Returns the length in bytes of JSON.
    fn length(&self) -> usize {
        json_length(&self.path) + json_length(&self.clause) + FRAME
    }
}

/// Returns the list of violations: the first, and as many more as there is `room` for.
pub(crate) fn fields(violations: &[Violation], mut room: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    for violation in violations {
        let field = Field::of(violation);
        if !fields.is_empty() && field.length() > room {
            break;
        }
        room = room.saturating_sub(field.length());
        fields.push(field);
    }
    fields
}

/// Returns the clauses about the violations of the request with this text, as many as there is room for. There is room
/// for them in the list of violations too, so that both tell the same; which services have one is not known here.
pub(super) fn clauses(text: &str, violations: &[Violation]) -> Clauses {
    let mut out = LimitedText::new(text.len() + EXCESS);
    let mut count = 0;
    for violation in violations {
        let field = Field::of(violation);
        let clause = format!("{}{}", if count == 0 { "" } else { "; " }, field.clause);
        if count > 0 && !out.has_room(json_length(&clause) + field.length()) {
            break;
        }
        out.push_whole(&clause);
        out.reserve(field.length());
        count += 1;
    }
    Clauses { steps: out.steps(), text: out.into_text(), count }
}

/// Returns the clause about the value at `path`.
fn clause(violation: &Violation, path: &str) -> String {
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

/// Returns the JSON pointer of these steps, which is cut off if it is too long. A wrong key of a map is reported at
/// the map, since a pointer cannot name it.
pub(crate) fn pointer<'s>(segments: impl IntoIterator<Item = &'s Segment>) -> String {
    let mut path = LimitedText::new(MAX_PATH);
    for segment in segments {
        match segment {
            Segment::Member { name, .. } => path.push(&format!("/{}", escaped(name))),
            Segment::Index(index) => path.push(&format!("/{index}")),
            Segment::Entry { part: Part::Key, .. } => {}
            Segment::Entry { key, .. } => path.push(&format!("/{}", escaped(key))),
        }
        if path.is_cut() {
            break;
        }
    }
    path.into_text()
}

/// Escapes a name by RFC 6901. What would be cut off anyway is not read.
fn escaped(name: &str) -> String {
    let told: String = name.chars().take(MAX_PATH).collect();
    told.replace('~', "~0").replace('/', "~1")
}
