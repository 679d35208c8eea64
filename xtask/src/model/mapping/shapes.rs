//! Data shapes and their members.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Number, Value, json};

use super::{
    super::botocore::{Kind, Reference, Service, Shape},
    found::Found,
    names, pattern,
    traits::Traits,
};

/// What a data shape's conversion has to know of the shapes around it.
pub(super) struct Shapes<'a> {
    /// The names that the shapes bear in Smithy.
    names: HashMap<&'a str, String>,
    errors: HashSet<&'a str>,
    /// Strings that hold JSON, and blobs that stream: botocore says so where they are used, Smithy
    /// where they are defined.
    json: HashSet<&'a str>,
    streams: HashSet<&'a str>,
    is_query_compatible: bool,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(service: &'a Service, service_name: &str, found: &mut Found) -> Self {
        let uses = || service.shapes.iter().flat_map(|(_, shape)| references(shape));
        let declared = service.operations.iter().flat_map(|(_, operation)| &operation.errors);
        let mut errors: HashSet<&str> = declared.map(|error| error.shape.as_str()).collect();
        let flagged = |shape: &Shape| shape.exception || shape.fault || shape.error.is_some();
        errors
            .extend(service.shapes.iter().filter(|(_, shape)| flagged(shape)).map(|(name, _)| name.as_str()));
        Self {
            names: apart(service, service_name, &errors, found),
            errors,
            json: uses().filter(|used| used.jsonvalue).map(|used| used.shape.as_str()).collect(),
            streams: uses().filter(|used| used.streaming).map(|used| used.shape.as_str()).collect(),
            is_query_compatible: service.metadata.aws_query_compatible.is_some(),
        }
    }

    /// The name of a shape in Smithy.
    pub(super) fn name<'b>(&'b self, name: &'b str) -> &'b str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// The input or output of an operation.
    pub(super) fn end(&self, operation: &str, end: Option<&Reference>, found: &mut Found) -> Value {
        match end {
            Some(reference) => self.target(operation, reference, found),
            None => json!({ "target": "smithy.api#Unit" }),
        }
    }

    /// The shape a reference points at.
    pub(super) fn target(&self, from: &str, reference: &Reference, found: &mut Found) -> Value {
        if !self.names.contains_key(reference.shape.as_str()) {
            let message = format!("{} is used and nowhere defined", reference.shape);
            found.refuse(Some(from), message, "define the shape in the description");
        }
        found.target(self.name(&reference.shape))
    }

    /// One shape.
    pub(super) fn convert(&self, name: &str, shape: &Shape, found: &mut Found) -> Value {
        found.leave_out("a shape", Some(name), &shape.rest);
        let mut traits = self.traits(name, shape, found);
        let value = match shape.kind {
            Kind::Structure if shape.document => {
                if !shape.members.is_empty() {
                    found.warn(
                        Some(name),
                        "a document's members are left out",
                        "nothing to do: a document holds anything",
                    );
                }
                json!({ "type": "document" })
            }
            Kind::Structure => self.structure(name, shape, found),
            Kind::List => json!({
                "type": "list",
                "member": self.part(name, "member", shape.member.as_ref(), found),
            }),
            Kind::Map => json!({
                "type": "map",
                "key": self.part(name, "key", shape.key.as_ref(), found),
                "value": self.part(name, "value", shape.value.as_ref(), found),
            }),
            Kind::String => match &shape.values {
                Some(values) if !values.is_empty() => enumeration(name, values, found),
                Some(_) => {
                    found.warn(Some(name), "an enum without values is a string", "nothing to do");
                    json!({ "type": "string" })
                }
                None => json!({ "type": "string" }),
            },
            Kind::Blob => json!({ "type": "blob" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Double => json!({ "type": "double" }),
            Kind::Float => json!({ "type": "float" }),
            Kind::Integer => json!({ "type": "integer" }),
            Kind::Long => json!({ "type": "long" }),
            Kind::Timestamp => json!({ "type": "timestamp" }),
        };
        traits.deprecate(&shape.deprecation);
        traits.attach(value)
    }

    /// A structure or a union. A member bears the name it has on the wire, since that is the only
    /// name the JSON protocols of Smithy know.
    fn structure(&self, name: &str, shape: &Shape, found: &mut Found) -> Value {
        let is_union = shape.union || shape.eventstream;
        for required in &shape.required {
            if is_union {
                found.warn(
                    Some(name),
                    "`required` on a union's member is left out",
                    "nothing to do: a union always has exactly one member",
                );
            } else if !shape.members.iter().any(|(member, _)| member == required) {
                found.warn(Some(name), "`required` names a member that does not exist", "nothing to do");
            }
        }
        let mut members = Map::new();
        for (member, reference) in &shape.members {
            let is_required = !is_union && shape.required.contains(member);
            let wire_name = reference.location_name.as_ref().unwrap_or(member);
            found.check_name(name, wire_name);
            let value = self.member(name, reference, is_required, found);
            if members.insert(wire_name.clone(), value).is_some() {
                let message = format!("two members are {wire_name} on the wire");
                found.refuse(Some(name), message, "give each member a locationName of its own");
            }
        }
        json!({ "type": if is_union { "union" } else { "structure" }, "members": members })
    }

    /// A list's element, a map's key or value.
    fn part(&self, name: &str, part: &str, reference: Option<&Reference>, found: &mut Found) -> Value {
        let Some(reference) = reference else {
            found.refuse(Some(name), format!("the {part} is missing"), "name the shape of each part");
            return Value::Null;
        };
        if reference.location_name.as_ref().is_some_and(|name| name != part) {
            found.warn(
                Some(name),
                "`locationName` of a list or map is left out",
                "nothing to do: only the XML and query protocols name these",
            );
        }
        self.member(name, reference, false, found)
    }

    fn member(&self, name: &str, reference: &Reference, is_required: bool, found: &mut Found) -> Value {
        let mut traits = Traits::default();
        traits.mark_if("smithy.api#required", is_required);
        traits.mark_if("smithy.api#idempotencyToken", reference.idempotency_token);
        traits.mark_if("smithy.api#hostLabel", reference.host_label);
        traits.mark_if("smithy.api#eventPayload", reference.eventpayload);
        traits.mark_if("smithy.api#eventHeader", reference.eventheader);
        if let Some(format) = &reference.timestamp_format {
            traits.put_some("smithy.api#timestampFormat", timestamp_format(name, format, found));
        }
        traits.put_some("smithy.rules#contextParam", reference.context_param.clone());
        traits.deprecate(&reference.deprecation);
        found.leave_out("a member", Some(name), &reference.rest);
        traits.attach(self.target(name, reference, found))
    }

    fn traits(&self, name: &str, shape: &Shape, found: &mut Found) -> Traits {
        let mut traits = Traits::default();
        bounds(name, shape, &mut traits, found);
        match (&shape.pattern, shape.kind) {
            (Some(text), Kind::String) => {
                let pattern = pattern::of(text);
                traits.put("smithy.api#pattern", json!(pattern.searched));
                traits.put_some("lido.api#printedPattern", pattern.printed.map(|text| json!(text)));
            }
            (Some(_), _) => {
                found.warn(Some(name), "the pattern of what is no string is left out", "nothing to do");
            }
            (None, _) => {}
        }
        traits.mark_if("smithy.api#sensitive", shape.sensitive);
        match (self.json.contains(name), shape.kind) {
            (true, Kind::String) => traits.put("smithy.api#mediaType", json!("application/json")),
            (true, _) => {
                found.warn(Some(name), "`jsonvalue` of what is no string is left out", "nothing to do")
            }
            (false, _) => {}
        }
        let is_stream = shape.streaming || shape.eventstream || self.streams.contains(name);
        traits.mark_if("smithy.api#streaming", is_stream);
        if let Some(format) = &shape.timestamp_format {
            traits.put_some("smithy.api#timestampFormat", timestamp_format(name, format, found));
        }
        if self.errors.contains(name) {
            self.error(name, shape, &mut traits, found);
        }
        traits
    }

    fn error(&self, name: &str, shape: &Shape, traits: &mut Traits, found: &mut Found) {
        let facts = shape.error.as_ref();
        let status = facts.and_then(|facts| facts.http_status_code);
        // A status of the 500s names the server where nothing else says whose fault it is.
        let is_server = shape.fault
            || facts.is_some_and(|facts| facts.fault || facts.sender_fault == Some(false))
            || (facts.is_some_and(|facts| facts.sender_fault.is_none()) && status >= Some(500));
        traits.put("smithy.api#error", json!(if is_server { "server" } else { "client" }));
        traits.put_some("smithy.api#httpError", status.map(|status| json!(status)));
        if let Some(facts) = facts {
            found.leave_out("an error", Some(name), &facts.rest);
            if let (Some(code), true) = (&facts.code, self.is_query_compatible) {
                let status = status.unwrap_or(if is_server { 500 } else { 400 });
                traits
                    .put("aws.protocols#awsQueryError", json!({ "code": code, "httpResponseCode": status }));
            } else if facts.code.as_ref().is_some_and(|code| code != name) {
                found.warn(
                    Some(name),
                    "the code of an error is left out",
                    "nothing to do: only query-compatible services send it",
                );
            }
        }
        if let Some(retryable) = &shape.retryable {
            let value = if retryable.throttling { json!({ "throttling": true }) } else { json!({}) };
            traits.put("smithy.api#retryable", value);
            found.leave_out("`retryable`", Some(name), &retryable.rest);
        }
    }
}

/// A name in Smithy for every data shape.
///
/// Smithy has one set of names for the service, its operations and its shapes, and takes `double`
/// and `Double` for the same; botocore does neither. The names of operations and errors are on the
/// wire, so it is other shapes that yield.
fn apart<'a>(
    service: &'a Service,
    service_name: &str,
    errors: &HashSet<&str>,
    found: &mut Found,
) -> HashMap<&'a str, String> {
    let fixed = service.operations.iter().map(|(name, _)| name.as_str()).chain(errors.iter().copied());
    let mut taken: HashSet<String> = fixed.chain([service_name]).map(str::to_ascii_lowercase).collect();
    let mut names = HashMap::new();
    for (name, _) in &service.shapes {
        let mut own = name.clone();
        if !errors.contains(name.as_str()) {
            let mut count = 1;
            while !taken.insert(own.to_ascii_lowercase()) {
                count += 1;
                own = format!("{name}{count}");
            }
        }
        if own != *name {
            found.warn(
                Some(name),
                "a shape is renamed, because another differs from it at most in case",
                format!("nothing to do: it is {own} here, and its name is not on the wire"),
            );
        }
        names.insert(name.as_str(), own);
    }
    names
}

/// Every reference that a shape holds.
fn references(shape: &Shape) -> impl Iterator<Item = &Reference> {
    let parts = [&shape.member, &shape.key, &shape.value].into_iter().flatten();
    shape.members.iter().map(|(_, reference)| reference).chain(parts)
}

/// `min` and `max`: a length of what has one, a range of numbers.
fn bounds(name: &str, shape: &Shape, traits: &mut Traits, found: &mut Found) {
    let both = [("min", &shape.min), ("max", &shape.max)];
    let given: Vec<(&str, &Number)> =
        both.into_iter().filter_map(|(bound, number)| Some((bound, number.as_ref()?))).collect();
    if given.is_empty() {
        return;
    }
    let id = match shape.kind {
        Kind::Blob | Kind::List | Kind::Map | Kind::String => "smithy.api#length",
        Kind::Double | Kind::Float | Kind::Integer | Kind::Long => "smithy.api#range",
        Kind::Boolean | Kind::Structure | Kind::Timestamp => {
            found.warn(
                Some(name),
                "bounds of what has neither length nor value are left out",
                "nothing to do",
            );
            return;
        }
    };
    if id == "smithy.api#length" && !given.iter().all(|(_, number)| number.is_u64()) {
        let message = "a bound of a length is no whole number from 0 on";
        found.refuse(Some(name), message, "correct the bound in the description");
    }
    let bounds: Map<_, _> =
        given.into_iter().map(|(bound, number)| (bound.to_owned(), json!(number))).collect();
    traits.put(id, Value::Object(bounds));
}

fn enumeration(name: &str, values: &[String], found: &mut Found) -> Value {
    let mut seen = HashSet::new();
    let distinct: Vec<String> = values.iter().filter(|value| seen.insert(*value)).cloned().collect();
    if distinct.len() < values.len() {
        found.warn(Some(name), "a value that an enum has twice is taken once", "nothing to do");
    }
    let member = |value| json!({ "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": value } });
    let members: Map<_, _> =
        names::of_values(&distinct).into_iter().zip(distinct.iter().map(member)).collect();
    json!({ "type": "enum", "members": members })
}

fn timestamp_format(name: &str, format: &str, found: &mut Found) -> Option<Value> {
    match format {
        "iso8601" => Some(json!("date-time")),
        "rfc822" => Some(json!("http-date")),
        "unixTimestamp" => Some(json!("epoch-seconds")),
        _ => {
            let message = format!("the timestampFormat \"{format}\" is unknown");
            found.refuse(Some(name), message, "use iso8601, rfc822 or unixTimestamp");
            None
        }
    }
}
