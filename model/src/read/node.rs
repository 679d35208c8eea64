//! Reads the parts that shapes have in common: objects with known keys, references, traits.

use serde_json::{Map, Value};

use crate::{
    Code, Origin, ShapeId, codes,
    draft::{AppliedTrait, DraftMember, DraftTraits, Reference},
    findings::Findings,
};

/// Reads JSON nodes and reports those of the wrong form.
pub(super) struct NodeReader<'a> {
    pub(super) findings: &'a mut Findings,
    /// The shape that is being read.
    pub(super) shape: Option<ShapeId>,
}

impl NodeReader<'_> {
    /// Records an error about the shape that is being read.
    pub(super) fn error(
        &mut self,
        code: &'static Code,
        origin: &Origin,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.error(code, origin, self.shape.as_ref(), message, remedy);
    }

    /// Returns `value` as an object. `what` names it in messages.
    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        origin: &Origin,
        what: &str,
    ) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.error(
                &codes::WRONG_JSON_TYPE,
                origin,
                format!("{what} must be an object, but this is {}", kind_of(value)),
                "write it as `{ … }`",
            );
        }
        object
    }

    /// Returns `value` as a list.
    pub(super) fn list<'v>(
        &mut self,
        value: &'v Value,
        origin: &Origin,
        what: &str,
    ) -> Option<&'v Vec<Value>> {
        let list = value.as_array();
        if list.is_none() {
            self.error(
                &codes::WRONG_JSON_TYPE,
                origin,
                format!("{what} must be a list, but this is {}", kind_of(value)),
                "write it as `[ … ]`",
            );
        }
        list
    }

    /// Returns `value` as a string.
    pub(super) fn text<'v>(&mut self, value: &'v Value, origin: &Origin, what: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.error(
                &codes::WRONG_JSON_TYPE,
                origin,
                format!("{what} must be a string, but this is {}", kind_of(value)),
                "write it in quotes",
            );
        }
        text
    }

    /// Refuses every key of `object` that is not in `known`: it may be misspelled.
    pub(super) fn only(&mut self, object: &Map<String, Value>, origin: &Origin, what: &str, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let otherwise = format!("remove it; {what} may have {}", known.join(", "));
            let remedy = self.findings.guess(key, known.iter().copied(), &otherwise);
            self.error(
                &codes::UNKNOWN_PROPERTY,
                &origin.child(key),
                format!("{what} has no property `{key}`"),
                remedy,
            );
        }
    }

    /// Returns `value` as a shape id.
    pub(super) fn id(&mut self, value: &Value, origin: &Origin, what: &str) -> Option<ShapeId> {
        let text = self.text(value, origin, what)?;
        let id = ShapeId::parse(text);
        if id.is_none() {
            self.error(
                &codes::MALFORMED_SHAPE_ID,
                origin,
                format!("{what} must be an absolute shape id, but this is `{text}`"),
                "write it as `namespace#Name`, such as `smithy.api#String`",
            );
        }
        id
    }

    /// `{"target": "…"}`, with or without the traits of a member.
    fn target(&mut self, value: &Value, origin: &Origin, what: &str, known: &[&str]) -> Option<ShapeId> {
        let object = self.object(value, origin, what)?;
        self.only(object, origin, what, known);
        match object.get("target") {
            Some(target) => self.id(target, &origin.child("target"), "a `target`"),
            None => {
                self.error(
                    &codes::NO_TARGET,
                    origin,
                    format!("{what} has no `target`"),
                    "add one that names a shape, such as `\"target\": \"smithy.api#String\"`",
                );
                None
            }
        }
    }

    /// Reads a reference to a shape.
    pub(super) fn reference(&mut self, value: &Value, origin: &Origin, what: &str) -> Option<Reference> {
        let target = self.target(value, origin, what, &["target"])?;
        Some(Reference { target, origin: origin.child("target") })
    }

    /// Reads a list of references, without those that are malformed.
    pub(super) fn references(&mut self, value: &Value, origin: &Origin, what: &str) -> Vec<Reference> {
        let Some(list) = self.list(value, origin, what) else { return Vec::new() };
        let item = format!("an element of {what}");
        list.iter()
            .enumerate()
            .filter_map(|(place, value)| self.reference(value, &origin.child(place), &item))
            .collect()
    }

    /// Reads a member.
    pub(super) fn member(&mut self, value: &Value, origin: Origin) -> Option<DraftMember> {
        let target = self.target(value, &origin, "a member", &["target", "traits"])?;
        let traits = value.as_object().map(|object| self.traits(object, &origin)).unwrap_or_default();
        Some(DraftMember { target, traits, origin })
    }

    /// Reads the traits of a shape or member.
    pub(super) fn traits(&mut self, owner: &Map<String, Value>, origin: &Origin) -> DraftTraits {
        let mut traits = DraftTraits::default();
        let Some(value) = owner.get("traits") else { return traits };
        let place = origin.child("traits");
        let Some(object) = self.object(value, &place, "`traits`") else { return traits };
        for (key, value) in object {
            let origin = place.child(key);
            if ShapeId::parse(key).is_some() {
                traits.0.insert(key.clone(), AppliedTrait { value: value.clone(), origin });
            } else {
                self.error(
                    &codes::MALFORMED_SHAPE_ID,
                    &origin,
                    format!("a trait must be named by an absolute shape id, but this is `{key}`"),
                    "write it as `namespace#name`, such as `smithy.api#required`",
                );
            }
        }
        traits
    }
}

/// Returns the JSON type of `value`, for messages.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
