//! botocore's description of a service, said in Smithy's JSON AST.
//!
//! Here are the service and its operations; [`shapes`] has the data. What Smithy cannot say, or
//! need not, is counted as a warning; what would make a wrong model is refused. Prose is left out
//! without a word: only facts are taken over.

mod found;
mod names;
mod pattern;
mod shapes;
#[cfg(test)]
mod tests;
mod traits;

use serde_json::{Map, Value, json};

use lido_model::Diagnostic;

use super::botocore::{self, Operation, Service};
use found::Found;
use shapes::Shapes;
use traits::Traits;

/// A service as one Smithy AST document.
#[derive(Debug)]
pub(crate) struct Imported {
    /// The document: the service, its operations, then the data, each in botocore's order.
    pub(crate) document: Value,
    /// The namespace of every shape in it.
    pub(crate) namespace: String,
    /// What was left out or changed on the way, one for each place.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Takes over a `service-2.json` of any service that speaks JSON.
///
/// # Errors
/// Why there is no true model of it.
pub(crate) fn import(service_json: &[u8]) -> Result<Imported, Vec<Diagnostic>> {
    let service = botocore::read(service_json).map_err(|error| vec![error])?;
    let metadata = &service.metadata;
    let Some(namespace) = metadata.service_id.as_deref().and_then(names::namespace) else {
        return Err(vec![Diagnostic::error(
            format!("no namespace can be made of the serviceId {:?}", metadata.service_id),
            "give a description whose serviceId begins with a letter",
        )]);
    };
    let mut found = Found::new(namespace);
    let (Some(protocol), Some(name)) = (protocol(&service, &mut found), service_name(&service, &mut found))
    else {
        return Err(found.errors);
    };

    let data = Shapes::new(&service, &name, &mut found);
    let mut shapes = Map::new();
    insert(&mut shapes, &mut found, &name, |found| of_service(&service, protocol, found));
    for (name, operation) in &service.operations {
        insert(&mut shapes, &mut found, name, |found| of_operation(name, operation, &data, found));
    }
    for (name, shape) in &service.shapes {
        insert(&mut shapes, &mut found, data.name(name), |found| data.convert(name, shape, found));
    }
    found.leave_out("the description", None, &service.rest);
    found.leave_out("the service", None, &metadata.rest);
    if !found.errors.is_empty() {
        return Err(found.errors);
    }
    let document = json!({ "smithy": "2.0", "shapes": shapes });
    Ok(Imported { document, namespace: found.namespace, warnings: found.warnings })
}

/// Adds a shape under its id, which Smithy wants to be a legal one and the only one of its name.
fn insert(
    shapes: &mut Map<String, Value>,
    found: &mut Found,
    name: &str,
    shape: impl FnOnce(&mut Found) -> Value,
) {
    found.check_name(name, name);
    let shape = shape(found);
    if shapes.insert(found.id(name), shape).is_some() {
        found.refuse(
            Some(name),
            format!("two of the service, its operations and its errors are named {name}"),
            "rename one in the description; both names are on the wire, so no other name is true",
        );
    }
}

/// The protocol trait's name.
fn protocol(service: &Service, found: &mut Found) -> Option<&'static str> {
    let metadata = &service.metadata;
    if metadata.protocol != "json" && !metadata.protocols.iter().any(|protocol| protocol == "json") {
        found.refuse(
            None,
            format!("the service speaks {}, not JSON", metadata.protocol),
            "give a service of the JSON protocols",
        );
        return None;
    }
    match metadata.json_version.as_ref().and_then(Value::as_str) {
        Some("1.0") => Some("aws.protocols#awsJson1_0"),
        Some("1.1") => Some("aws.protocols#awsJson1_1"),
        _ => {
            let version = metadata.json_version.as_ref().map_or_else(|| "none".to_owned(), Value::to_string);
            found.refuse(
                None,
                format!("jsonVersion is {version}"),
                "give a service whose jsonVersion is \"1.0\" or \"1.1\"",
            );
            None
        }
    }
}

/// The service shape's name: what stands before the last dot and the operation in `X-Amz-Target`.
fn service_name(service: &Service, found: &mut Found) -> Option<String> {
    let Some(prefix) = service.metadata.target_prefix.as_deref() else {
        found.refuse(None, "there is no targetPrefix", "give a description whose metadata name one");
        return None;
    };
    // Two old services carry a Java package in front, which no shape's name can hold.
    let name = prefix.rsplit('.').next().unwrap_or(prefix);
    if name != prefix {
        found.warn(
            Some(name),
            "the targetPrefix is longer than a shape's name can be",
            format!("let the router take \"{prefix}\" as well"),
        );
    }
    Some(name.to_owned())
}

fn of_service(service: &Service, protocol: &str, found: &mut Found) -> Value {
    let metadata = &service.metadata;
    let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let mut traits = Traits::default();
    if metadata.signature_version.as_deref() == Some("v4") {
        traits.put("aws.auth#sigv4", json!({ "name": signing_name }));
    } else {
        found.warn(
            None,
            format!("no trait is known for the signatureVersion {:?}", metadata.signature_version),
            "sign nothing, or add the trait by hand",
        );
    }
    if metadata.auth.iter().any(|scheme| scheme == "aws.auth#sigv4a") {
        traits.put("aws.auth#sigv4a", json!({ "name": signing_name }));
    }
    if metadata.auth.iter().any(|scheme| scheme == "smithy.api#httpBearerAuth") {
        traits.mark("smithy.api#httpBearerAuth");
    }
    if metadata.auth.len() > 1 {
        traits.put("smithy.api#auth", json!(metadata.auth));
    }
    let sdk_id = metadata.service_id.as_ref();
    traits.put("aws.api#service", json!({ "sdkId": sdk_id, "endpointPrefix": metadata.endpoint_prefix }));
    traits.put(protocol, http_versions(service, found));
    if metadata.aws_query_compatible.is_some() {
        traits.mark("aws.protocols#awsQueryCompatible");
    }
    let discovery = service.operations.iter().find(|(_, operation)| operation.endpointoperation);
    if let Some((name, _)) = discovery {
        traits.put("aws.api#clientEndpointDiscovery", json!({ "operation": found.id(name) }));
    }
    traits.put_some("smithy.rules#clientContextParams", service.client_context_params.as_ref().map(facts));
    traits.put_some("smithy.api#title", metadata.service_full_name.as_ref().map(|name| json!(name)));

    let mut operations: Vec<&str> = service.operations.iter().map(|(name, _)| name.as_str()).collect();
    operations.sort_unstable();
    let operations: Vec<_> = operations.into_iter().map(|name| found.target(name)).collect();
    json!({
        "type": "service",
        "version": metadata.api_version,
        "operations": operations,
        "traits": traits.into_value(),
    })
}

/// The protocol trait's value: which versions of HTTP it is spoken over, where that is said.
fn http_versions(service: &Service, found: &mut Found) -> Value {
    let Some(settings) = &service.metadata.protocol_settings else { return json!({}) };
    found.leave_out("the protocol's settings", None, &settings.rest);
    match settings.h2.as_deref() {
        None => json!({}),
        Some("eventstream") => json!({ "http": ["http/1.1", "h2"], "eventStreamHttp": ["h2"] }),
        Some("optional") => json!({ "http": ["http/1.1", "h2"] }),
        Some("required") => json!({ "http": ["h2"] }),
        Some(_) => {
            found.warn(None, "the setting h2 of the protocol is unknown", "serve HTTP/1.1");
            json!({})
        }
    }
}

fn of_operation(name: &str, operation: &Operation, data: &Shapes<'_>, found: &mut Found) -> Value {
    let mut traits = Traits::default();
    traits.put_some("smithy.api#auth", auth(name, operation, found));
    if operation.unsigned_payload || operation.authtype.as_deref() == Some("v4-unsigned-body") {
        traits.mark("aws.auth#unsignedPayload");
    }
    traits.mark_if("smithy.api#readonly", operation.readonly);
    traits.mark_if("smithy.api#idempotent", operation.idempotent);
    if let Some(endpoint) = &operation.endpoint {
        traits.put("smithy.api#endpoint", json!({ "hostPrefix": endpoint.host_prefix }));
        found.leave_out("an operation's endpoint", Some(name), &endpoint.rest);
    }
    if let Some(discovery) = &operation.endpointdiscovery {
        traits.put("aws.api#clientDiscoveredEndpoint", json!({ "required": discovery.required }));
        found.leave_out("an operation's endpoint discovery", Some(name), &discovery.rest);
    }
    traits.put_some("smithy.api#requestCompression", operation.requestcompression.clone());
    traits.put_some("smithy.rules#staticContextParams", operation.static_context_params.as_ref().map(facts));
    traits.put_some(
        "smithy.rules#operationContextParams",
        operation.operation_context_params.as_ref().map(facts),
    );
    traits.deprecate(&operation.deprecation);

    if operation.name.as_ref().is_some_and(|own| own != name) {
        found.warn(
            Some(name),
            "an operation has a second name",
            "nothing to do: the first is what is on the wire",
        );
    }
    if let Some(http) = &operation.http {
        if (http.method.as_str(), http.request_uri.as_str()) != ("POST", "/") {
            found.warn(
                Some(name),
                "an operation is not POST /",
                "nothing to do: the JSON protocols know no other",
            );
        }
        found.leave_out("an operation's http", Some(name), &http.rest);
    }
    found.leave_out("an operation", Some(name), &operation.rest);

    let mut value = json!({
        "type": "operation",
        "input": data.end(name, operation.input.as_ref(), found),
        "output": data.end(name, operation.output.as_ref(), found),
    });
    let errors: Vec<_> = operation.errors.iter().map(|error| data.target(name, error, found)).collect();
    if !errors.is_empty() {
        value["errors"] = json!(errors);
    }
    traits.attach(value)
}

/// The schemes an operation can be signed with, where they are not the service's; none for a
/// public operation.
fn auth(name: &str, operation: &Operation, found: &mut Found) -> Option<Value> {
    const NO_AUTH: &str = "smithy.api#noAuth";
    match (operation.authtype.as_deref(), &operation.auth) {
        (Some("none"), _) => return Some(json!([])),
        (Some("bearer"), _) => return Some(json!(["smithy.api#httpBearerAuth"])),
        (None | Some("v4" | "v4-unsigned-body"), _) => {}
        (Some(_), _) => {
            found.warn(Some(name), "the authtype of an operation is unknown", "sign as the service does");
        }
    }
    let schemes = operation.auth.as_ref()?;
    Some(json!(schemes.iter().filter(|scheme| *scheme != NO_AUTH).collect::<Vec<_>>()))
}

/// The same without prose.
fn facts(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| name.as_str() != "documentation" || !value.is_string())
            .map(|(name, value)| (name.clone(), facts(value)))
            .collect(),
        other => other.clone(),
    }
}
