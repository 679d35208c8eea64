//! Converts data shapes and their members.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Number, Value, json};

use super::{
    super::botocore::{Kind, Reference, Service, Shape},
    diagnostics::Diagnostics,
    names, pattern,
    traits::Traits,
};

/// What the conversion of a shape needs from the whole description.
pub(super) struct Shapes<'a> {
    /// The names of the shapes in Smithy.
    names: HashMap<&'a str, String>,
    errors: HashSet<&'a str>,
    /// Strings that contain JSON. In botocore this is a flag of the members, in Smithy a trait of the shape.
    json: HashSet<&'a str>,
    /// Blobs that stream, likewise.
    streams: HashSet<&'a str>,
    is_query_compatible: bool,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(service: &'a Service, service_name: &str, diagnostics: &mut Diagnostics) -> Self {
        let uses = || service.shapes.iter().flat_map(|(_, shape)| references(shape));
        let declared = service.operations.iter().flat_map(|(_, operation)| &operation.errors);
        let mut errors: HashSet<&str> = declared.map(|error| error.shape.as_str()).collect();
        let flagged = |shape: &Shape| shape.exception || shape.fault || shape.error.is_some();
        errors
            .extend(service.shapes.iter().filter(|(_, shape)| flagged(shape)).map(|(name, _)| name.as_str()));
        Self {
            names: unique_names(service, service_name, &errors, diagnostics),
            errors,
            json: uses().filter(|used| used.jsonvalue).map(|used| used.shape.as_str()).collect(),
            streams: uses().filter(|used| used.streaming).map(|used| used.shape.as_str()).collect(),
            is_query_compatible: service.metadata.aws_query_compatible.is_some(),
        }
    }

    /// Returns the name of a shape in Smithy.
    pub(super) fn name<'b>(&'b self, name: &'b str) -> &'b str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// Converts the input or output of an operation.
    pub(super) fn end(
        &self,
        operation: &str,
        end: Option<&Reference>,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        match end {
            Some(reference) => self.target(operation, reference, diagnostics),
            None => json!({ "target": "smithy.api#Unit" }),
        }
    }

    /// Converts a reference, and adds an error if its target does not exist.
    pub(super) fn target(&self, from: &str, reference: &Reference, diagnostics: &mut Diagnostics) -> Value {
        if !self.names.contains_key(reference.shape.as_str()) {
            let message = format!("{} is used, but not defined", reference.shape);
            diagnostics.refuse(Some(from), message, "define the shape in the description");
        }
        diagnostics.target(self.name(&reference.shape))
    }

    /// Converts a shape.
    pub(super) fn convert(&self, name: &str, shape: &Shape, diagnostics: &mut Diagnostics) -> Value {
        diagnostics.leave_out("a shape", Some(name), &shape.rest);
        let mut traits = self.traits(name, shape, diagnostics);
        let value = match shape.kind {
            Kind::Structure if shape.document => {
                if !shape.members.is_empty() {
                    diagnostics.warn(
                        Some(name),
                        "a document's members are left out",
                        "nothing to do: a document holds anything",
                    );
                }
                json!({ "type": "document" })
            }
            Kind::Structure => self.structure(name, shape, diagnostics),
            Kind::List => json!({
                "type": "list",
                "member": self.part(name, "member", shape.member.as_ref(), diagnostics),
            }),
            Kind::Map => json!({
                "type": "map",
                "key": self.part(name, "key", shape.key.as_ref(), diagnostics),
                "value": self.part(name, "value", shape.value.as_ref(), diagnostics),
            }),
            Kind::String => match &shape.values {
                Some(values) if !values.is_empty() => enumeration(name, values, diagnostics),
                Some(_) => {
                    diagnostics.warn(Some(name), "an enum without values is a string", "nothing to do");
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

    /// Converts a structure or a union. A member gets its name on the wire, which is the only name in Smithy's JSON
    /// protocols.
    fn structure(&self, name: &str, shape: &Shape, diagnostics: &mut Diagnostics) -> Value {
        let is_union = shape.union || shape.eventstream;
        for required in &shape.required {
            if is_union {
                diagnostics.warn(
                    Some(name),
                    "`required` on a union's member is left out",
                    "nothing to do: a union always has exactly one member",
                );
            } else if !shape.members.iter().any(|(member, _)| member == required) {
                diagnostics.warn(
                    Some(name),
                    "`required` names a member that does not exist",
                    "nothing to do",
                );
            }
        }
        let mut members = Map::new();
        for (member, reference) in &shape.members {
            let is_required = !is_union && shape.required.contains(member);
            let wire_name = reference.location_name.as_ref().unwrap_or(member);
            diagnostics.check_name(name, wire_name);
            let value = self.member(name, reference, is_required, diagnostics);
            if members.insert(wire_name.clone(), value).is_some() {
                let message = format!("two members are {wire_name} on the wire");
                diagnostics.refuse(Some(name), message, "give each member a locationName of its own");
            }
        }
        json!({ "type": if is_union { "union" } else { "structure" }, "members": members })
    }

    /// Converts the element of a list, or the key or value of a map.
    fn part(
        &self,
        name: &str,
        part: &str,
        reference: Option<&Reference>,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let Some(reference) = reference else {
            diagnostics.refuse(Some(name), format!("the {part} is missing"), "name the shape of each part");
            return Value::Null;
        };
        if reference.location_name.as_ref().is_some_and(|name| name != part) {
            diagnostics.warn(
                Some(name),
                "`locationName` of a list or map is left out",
                "nothing to do: only the XML and query protocols name these",
            );
        }
        self.member(name, reference, false, diagnostics)
    }

    fn member(
        &self,
        name: &str,
        reference: &Reference,
        is_required: bool,
        diagnostics: &mut Diagnostics,
    ) -> Value {
        let mut traits = Traits::default();
        traits.mark_if("smithy.api#required", is_required);
        traits.mark_if("smithy.api#idempotencyToken", reference.idempotency_token);
        traits.mark_if("smithy.api#hostLabel", reference.host_label);
        traits.mark_if("smithy.api#eventPayload", reference.eventpayload);
        traits.mark_if("smithy.api#eventHeader", reference.eventheader);
        if let Some(format) = &reference.timestamp_format {
            traits.put_some("smithy.api#timestampFormat", timestamp_format(name, format, diagnostics));
        }
        traits.put_some("smithy.rules#contextParam", reference.context_param.clone());
        traits.deprecate(&reference.deprecation);
        diagnostics.leave_out("a member", Some(name), &reference.rest);
        traits.attach(self.target(name, reference, diagnostics))
    }

    fn traits(&self, name: &str, shape: &Shape, diagnostics: &mut Diagnostics) -> Traits {
        let mut traits = Traits::default();
        bounds(name, shape, &mut traits, diagnostics);
        match (&shape.pattern, shape.kind) {
            (Some(text), Kind::String) => {
                let pattern = pattern::convert(text);
                traits.put("smithy.api#pattern", json!(pattern.searched));
                traits.put_some("lido.api#printedPattern", pattern.printed.map(|text| json!(text)));
            }
            (Some(_), _) => {
                diagnostics.warn(
                    Some(name),
                    "the pattern of a shape that is not a string is left out",
                    "nothing to do",
                );
            }
            (None, _) => {}
        }
        traits.mark_if("smithy.api#sensitive", shape.sensitive);
        match (self.json.contains(name), shape.kind) {
            (true, Kind::String) => traits.put("smithy.api#mediaType", json!("application/json")),
            (true, _) => diagnostics.warn(
                Some(name),
                "`jsonvalue` of a shape that is not a string is left out",
                "nothing to do",
            ),
            (false, _) => {}
        }
        let is_stream = shape.streaming || shape.eventstream || self.streams.contains(name);
        traits.mark_if("smithy.api#streaming", is_stream);
        if let Some(format) = &shape.timestamp_format {
            traits.put_some("smithy.api#timestampFormat", timestamp_format(name, format, diagnostics));
        }
        if self.errors.contains(name) {
            self.error(name, shape, &mut traits, diagnostics);
        }
        traits
    }

    fn error(&self, name: &str, shape: &Shape, traits: &mut Traits, diagnostics: &mut Diagnostics) {
        let error = shape.error.as_ref();
        let status = error.and_then(|error| error.http_status_code);
        // A status of 500 or more means a server error if no field says it.
        let is_server = shape.fault
            || error.is_some_and(|error| error.fault || error.sender_fault == Some(false))
            || (error.is_some_and(|error| error.sender_fault.is_none()) && status >= Some(500));
        traits.put("smithy.api#error", json!(if is_server { "server" } else { "client" }));
        traits.put_some("smithy.api#httpError", status.map(|status| json!(status)));
        if let Some(error) = error {
            diagnostics.leave_out("an error", Some(name), &error.rest);
            if let (Some(code), true) = (&error.code, self.is_query_compatible) {
                let status = status.unwrap_or(if is_server { 500 } else { 400 });
                traits
                    .put("aws.protocols#awsQueryError", json!({ "code": code, "httpResponseCode": status }));
            } else if error.code.as_ref().is_some_and(|code| code != name) {
                diagnostics.warn(
                    Some(name),
                    "the code of an error is left out",
                    "nothing to do: only query-compatible services send it",
                );
            }
        }
        if let Some(retryable) = &shape.retryable {
            let value = if retryable.throttling { json!({ "throttling": true }) } else { json!({}) };
            traits.put("smithy.api#retryable", value);
            diagnostics.leave_out("`retryable`", Some(name), &retryable.rest);
        }
    }
}

/// Returns a unique name in Smithy for every data shape.
///
/// Smithy has one namespace for the service, its operations and its shapes, and ignores case; botocore does neither. The
/// names of operations and errors are used on the wire, so that other shapes are renamed.
fn unique_names<'a>(
    service: &'a Service,
    service_name: &str,
    errors: &HashSet<&str>,
    diagnostics: &mut Diagnostics,
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
            diagnostics.warn(
                Some(name),
                "a shape is renamed, because the name of another differs at most in case",
                format!("nothing to do: its name is {own} here, and is not used on the wire"),
            );
        }
        names.insert(name.as_str(), own);
    }
    names
}

/// Returns every reference of a shape.
fn references(shape: &Shape) -> impl Iterator<Item = &Reference> {
    let parts = [&shape.member, &shape.key, &shape.value].into_iter().flatten();
    shape.members.iter().map(|(_, reference)| reference).chain(parts)
}

/// Adds the trait for `min` and `max`: a range for numbers, a length for other shapes.
fn bounds(name: &str, shape: &Shape, traits: &mut Traits, diagnostics: &mut Diagnostics) {
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
            diagnostics.warn(
                Some(name),
                "bounds of a shape without length or value are left out",
                "nothing to do",
            );
            return;
        }
    };
    if id == "smithy.api#length" && !given.iter().all(|(_, number)| number.is_u64()) {
        let message = "a bound of a length is not a whole number of at least 0";
        diagnostics.refuse(Some(name), message, "correct the bound in the description");
    }
    let bounds: Map<_, _> =
        given.into_iter().map(|(bound, number)| (bound.to_owned(), json!(number))).collect();
    traits.put(id, Value::Object(bounds));
}

fn enumeration(name: &str, values: &[String], diagnostics: &mut Diagnostics) -> Value {
    let mut seen = HashSet::new();
    let distinct: Vec<String> = values.iter().filter(|value| seen.insert(*value)).cloned().collect();
    if distinct.len() < values.len() {
        diagnostics.warn(Some(name), "a duplicate value of an enum is left out", "nothing to do");
    }
    let member = |value| json!({ "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": value } });
    let members: Map<_, _> =
        names::of_values(&distinct).into_iter().zip(distinct.iter().map(member)).collect();
    json!({ "type": "enum", "members": members })
}

fn timestamp_format(name: &str, format: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    match format {
        "iso8601" => Some(json!("date-time")),
        "rfc822" => Some(json!("http-date")),
        "unixTimestamp" => Some(json!("epoch-seconds")),
        _ => {
            let message = format!("the timestampFormat \"{format}\" is unknown");
            diagnostics.refuse(Some(name), message, "use iso8601, rfc822 or unixTimestamp");
            None
        }
    }
}
