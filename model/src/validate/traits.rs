//! Checks that traits exist, the values of those of the prelude, and the shapes to which they are applied.
//!
//! A trait of the prelude that does not exist is an error. A trait without a definition is a warning.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::{default, known_traits};
use crate::{
    ShapeId, codes,
    draft::{AppliedTrait, Draft, DraftTraits, Drafts, Type},
    findings::Findings,
    read::kind_of,
};

/// The shape or member to which a trait is applied.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The shape, or the target of the member. `None` if the target does not exist.
    pub(super) shape: Option<&'a Draft>,
    /// The type of the shape that has the member. `None` if the trait is applied to a shape.
    pub(super) container: Option<Type>,
    /// Whether the rules of Smithy 1.0 apply.
    is_v1: bool,
}

impl Subject<'_> {
    /// Returns whether the shape's type satisfies `test`, or the shape is unknown.
    fn is(&self, test: impl Fn(Type) -> bool) -> bool {
        self.shape.is_none_or(|draft| test(draft.of))
    }

    fn is_member_of(&self, types: &[Type]) -> bool {
        self.container.is_some_and(|container| types.contains(&container))
    }
}

/// What is wrong with a trait, and what to do.
pub(super) type TraitFault = (String, String);

/// Checks the traits of one shape and of its members.
pub(super) fn check(draft: &Draft, drafts: &Drafts, findings: &mut Findings) {
    check_all(
        &draft.traits,
        Subject { shape: Some(draft), container: None, is_v1: draft.is_v1 },
        &draft.id,
        drafts,
        findings,
    );
    for member in draft.members.values() {
        let shape = drafts.shapes.get(&member.target);
        let subject = Subject { shape, container: Some(draft.of), is_v1: draft.is_v1 };
        check_all(&member.traits, subject, &draft.id, drafts, findings);
    }
}

fn check_all(
    traits: &DraftTraits,
    subject: Subject<'_>,
    shape: &ShapeId,
    drafts: &Drafts,
    findings: &mut Findings,
) {
    for (id, AppliedTrait { value, origin }) in &traits.0 {
        let Some(name) = id.strip_prefix("smithy.api#") else {
            if !is_defined(id, drafts) {
                findings.undefined_trait(id, origin, shape);
            }
            continue;
        };
        if !known_traits::PRELUDE.contains(&name) {
            let remedy = findings.guess(
                name,
                known_traits::PRELUDE.into_iter(),
                "remove it, or give a trait of your own another namespace",
            );
            findings.error(
                &codes::UNKNOWN_TRAIT,
                origin,
                Some(shape),
                format!("the prelude has no trait `{id}`"),
                remedy,
            );
            continue;
        }
        let fault = form_fault(name, value).or_else(|| place_fault(name, subject)).or_else(|| match name {
            "length" => length_fault(value),
            "range" => range_fault(value, subject),
            "httpError" => http_error_fault(value),
            "httpApiKeyAuth" => api_key_fault(value),
            "default" => default::fault(value, subject),
            "mixin" => mixin_fault(value),
            _ => None,
        });
        if let Some((message, remedy)) = fault {
            findings.error(
                &codes::TRAIT_VALUE,
                origin,
                Some(shape),
                format!("the trait `{id}` {message}"),
                remedy,
            );
        }
    }
}

/// Returns whether the model defines the trait, or need not.
fn is_defined(id: &str, drafts: &Drafts) -> bool {
    let Some(id) = ShapeId::parse(id) else { return false };
    known_traits::NAMESPACES.contains(&id.namespace())
        || drafts.shapes.get(&id).is_some_and(|draft| draft.traits.has("smithy.api#trait"))
        || drafts.unreadable.contains(&id)
}

/// The form of a trait's value.
enum Form {
    /// The empty object: only the presence of the trait counts.
    Marker,
    Object,
    Text,
    Texts,
    OneOf(&'static [&'static str]),
}

fn form_of(name: &str) -> Option<Form> {
    Some(match name {
        "required" | "clientOptional" | "idempotencyToken" | "sparse" | "uniqueItems" | "sensitive"
        | "streaming" | "input" | "output" | "box" | "private" | "internal" | "readonly" | "idempotent"
        | "eventPayload" | "eventHeader" | "requiresLength" | "hostLabel" | "httpLabel" | "httpPayload" => {
            Form::Marker
        }
        "length" | "range" | "mixin" | "deprecated" | "trait" | "retryable" => Form::Object,
        "pattern" | "jsonName" | "mediaType" | "documentation" | "title" | "since" => Form::Text,
        "tags" | "auth" => Form::Texts,
        "error" => Form::OneOf(&["client", "server"]),
        "timestampFormat" => Form::OneOf(&["date-time", "epoch-seconds", "http-date"]),
        _ => return None,
    })
}

fn form_fault(name: &str, value: &Value) -> Option<TraitFault> {
    let (fits, expected) = match form_of(name)? {
        // Smithy accepts null for an annotation trait.
        Form::Marker => (value.is_object() || value.is_null(), "must be `{}`".to_owned()),
        Form::Object => {
            let may_be_null = !matches!(name, "length" | "range");
            (value.is_object() || (value.is_null() && may_be_null), "must be an object".to_owned())
        }
        Form::Text => (value.is_string(), "must be a string".to_owned()),
        Form::Texts => {
            let fits = value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
            (fits, "must be a list of strings".to_owned())
        }
        Form::OneOf(words) => {
            let fits = value.as_str().is_some_and(|text| words.contains(&text));
            (fits, format!("must be one of \"{}\"", words.join("\", \"")))
        }
    };
    let shown = match value {
        Value::String(text) if text.len() < 40 => format!("\"{text}\""),
        other => kind_of(other).to_owned(),
    };
    (!fits).then(|| (format!("{expected}, but it is {shown}"), "correct its value, or remove it".to_owned()))
}

/// Returns why a trait cannot be applied to `subject`. Traits that may be anywhere, and those whose place depends on more
/// than types, are not covered.
fn place_fault(name: &str, subject: Subject<'_>) -> Option<TraitFault> {
    use Type::{Blob, Enum, IntEnum, List, Operation, Resource, Service, Structure, Timestamp, Union};
    let on_shape = subject.container.is_none();
    let (fits, expected) = match name {
        "required" | "clientOptional" | "eventHeader" | "eventPayload" | "hostLabel" | "httpHeader"
        | "httpLabel" | "httpPayload" | "httpPrefixHeaders" | "httpQuery" | "httpQueryParams"
        | "httpResponseCode" | "nestedProperties" | "notProperty" | "property" | "recommended"
        | "resourceIdentifier" => (subject.is_member_of(&[Structure]), "members of structures"),
        "http"
        | "idempotent"
        | "readonly"
        | "endpoint"
        | "httpChecksumRequired"
        | "requestCompression"
        | "examples" => (on_shape && subject.is(|of| of == Operation), "operations"),
        "cors" | "httpApiKeyAuth" | "httpBasicAuth" | "httpBearerAuth" | "httpDigestAuth" => {
            (on_shape && subject.is(|of| of == Service), "services")
        }
        "noReplace" => (on_shape && subject.is(|of| of == Resource), "resources"),
        "idempotencyToken" => (
            subject.is_member_of(&[Structure]) && subject.is(Type::is_text),
            "members of structures that are strings",
        ),
        "jsonName" => (subject.is_member_of(&[Structure, Union]), "members of structures and unions"),
        "enumValue" => (subject.is_member_of(&[Enum, IntEnum]), "members of enums and intEnums"),
        "sparse" => (on_shape && subject.is(|of| matches!(of, List | Type::Map)), "lists and maps"),
        "uniqueItems" => (on_shape && subject.is(|of| of == List), "lists"),
        "error" | "httpError" | "input" | "output" | "retryable" => {
            (on_shape && subject.is(|of| of == Structure), "structures")
        }
        // Since 2.0 a shape is sensitive, not a single member.
        "sensitive" => (on_shape && subject.is(Type::is_data) || subject.is_v1, "data shapes"),
        "auth" | "optionalAuth" | "paginated" => {
            (on_shape && subject.is(|of| matches!(of, Service | Operation)), "services and operations")
        }
        "streaming" => (subject.is(|of| matches!(of, Blob | Union)), "blobs and unions"),
        "pattern" => (subject.is(Type::is_text), "strings"),
        "mediaType" => (subject.is(|of| of.is_text() || of == Blob), "strings and blobs"),
        "timestampFormat" => (subject.is(|of| of == Timestamp), "timestamps"),
        "range" => (subject.is(Type::is_number), "numbers"),
        "length" => {
            let fits = subject.is(|of| of.is_text() || matches!(of, Blob | List | Type::Map));
            (fits, "strings, blobs, lists and maps")
        }
        _ => return None,
    };
    let found = match (subject.container, subject.shape) {
        (Some(container), Some(target)) => {
            format!("a member of {} that is {}", container.with_article(), target.of.with_article())
        }
        (Some(container), None) => format!("a member of {}", container.with_article()),
        (None, shape) => shape.map_or_else(|| "a shape".to_owned(), |draft| draft.of.with_article()),
    };
    (!fits).then(|| {
        (
            format!("is allowed on {expected}, but is applied to {found}"),
            "remove it, or move it to such a shape".to_owned(),
        )
    })
}

fn mixin_fault(value: &Value) -> Option<TraitFault> {
    let listed = value.get("localTraits")?;
    let is_id = |id: &Value| id.as_str().and_then(ShapeId::parse).is_some();
    let fits = listed.as_array().is_some_and(|list| list.iter().all(is_id));
    (!fits).then(|| {
        (
            "has `localTraits` that are not a list of shape ids".to_owned(),
            "write them as `[\"namespace#name\"]`".to_owned(),
        )
    })
}

fn http_error_fault(value: &Value) -> Option<TraitFault> {
    let fits = value.as_u64().is_some_and(|status| (400..600).contains(&status));
    (!fits).then(|| {
        let message = format!("is {value}, which is not the HTTP status of an error");
        (message, "write a number from 400 to 599".to_owned())
    })
}

fn api_key_fault(value: &Value) -> Option<TraitFault> {
    let text = |key| value.get(key).and_then(Value::as_str);
    let fits =
        text("name").is_some_and(|name| !name.is_empty()) && matches!(text("in"), Some("header" | "query"));
    (!fits).then(|| {
        let message =
            "lacks the name of the header or query parameter, or says not which of them it is".to_owned();
        (message, "write it as `{\"name\": \"X-Api-Key\", \"in\": \"header\"}`".to_owned())
    })
}

/// Returns the minimum and maximum of a trait with bounds.
fn bounds(value: &Value) -> Result<(Option<&Value>, Option<&Value>), TraitFault> {
    let empty = Map::new();
    let object = value.as_object().unwrap_or(&empty);
    if let Some(key) = object.keys().find(|key| !matches!(key.as_str(), "min" | "max")) {
        return Err((format!("has no property `{key}`"), "use `min` and `max` only".into()));
    }
    let (min, max) = (value.get("min"), value.get("max"));
    match min.or(max) {
        None => {
            Err(("has neither `min` nor `max`".into(), "give it one of them, or remove the trait".into()))
        }
        Some(_) => Ok((min, max)),
    }
}

fn length_fault(value: &Value) -> Option<TraitFault> {
    let (min, max) = match bounds(value) {
        Ok(found) => found,
        Err(fault) => return Some(fault),
    };
    for (name, bound) in [("min", min), ("max", max)] {
        let Some(bound) = bound.filter(|bound| bound.as_u64().is_none()) else { continue };
        let message = format!("has {bound} as its `{name}`, which is not a non-negative integer");
        return Some((
            message,
            "write the number of characters, bytes, elements or entries, such as 1".into(),
        ));
    }
    match (min.and_then(Value::as_u64), max.and_then(Value::as_u64)) {
        (Some(min), Some(max)) if min > max => Some(crossed(&min.to_string(), &max.to_string())),
        _ => None,
    }
}

fn range_fault(value: &Value, subject: Subject<'_>) -> Option<TraitFault> {
    let (min, max) = match bounds(value) {
        Ok(found) => found,
        Err(fault) => return Some(fault),
    };
    let is_whole = subject.shape.is_some_and(|draft| draft.of.is_whole());
    for (name, bound) in [("min", min), ("max", max)] {
        let Some(bound) = bound else { continue };
        let Some(number) = bound.as_number() else {
            let message = format!("has {bound} as its `{name}`, which is not a number");
            return Some((message, "write it as a number without quotes".into()));
        };
        if is_whole && number.as_f64().is_some_and(|number| number.fract() != 0.0) {
            let message = format!("has {bound} as its `{name}`, but the values are integers");
            return Some((message, "write an integer".into()));
        }
    }
    match (min.and_then(Value::as_number), max.and_then(Value::as_number)) {
        (Some(min), Some(max)) if compare(min, max) == Some(Ordering::Greater) => {
            Some(crossed(&min.to_string(), &max.to_string()))
        }
        _ => None,
    }
}

/// Compares numbers. It is exact for integers, which may exceed the precision of a float.
fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn crossed(min: &str, max: &str) -> TraitFault {
    (
        format!("has a `min` of {min} above its `max` of {max}, so that no value satisfies it"),
        "swap the two, or correct one of them".to_owned(),
    )
}
