//! Converts botocore's description of a service to Smithy's JSON AST.
//!
//! This file has the service and its operations; [`shapes`] has the data. A field without a counterpart in Smithy is a
//! warning, and a description that would give a wrong model is refused. Prose is left out.

mod diagnostics;
mod names;
mod pattern;
mod shapes;
#[cfg(test)]
mod tests;
mod traits;

use serde_json::{Map, Value, json};

use lido_model::Diagnostic;

use super::botocore::{self, Operation, Service};
use diagnostics::Diagnostics;
pub(crate) use diagnostics::IMPORT;
use shapes::Shapes;
use traits::Traits;

/// An imported service.
#[derive(Debug)]
pub(crate) struct Imported {
    /// The Smithy AST: the service, its operations, then the data, each in botocore's order.
    pub(crate) document: Value,
    /// The namespace of every shape in it.
    pub(crate) namespace: String,
    /// One warning for each place where something was left out or changed.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Converts the `service-2.json` of any service of the JSON protocols.
///
/// # Errors
/// Returns the reasons why the description has no correct model.
pub(crate) fn import(service_json: &[u8]) -> Result<Imported, Vec<Diagnostic>> {
    let service = botocore::read(service_json).map_err(|error| vec![error])?;
    let metadata = &service.metadata;
    let Some(namespace) = metadata.service_id.as_deref().and_then(names::namespace) else {
        return Err(vec![Diagnostic::error(
            &IMPORT,
            format!("no namespace can be made of the serviceId {:?}", metadata.service_id),
            "give a description whose serviceId begins with a letter",
        )]);
    };
    let mut diagnostics = Diagnostics::new(namespace);
    let (Some(protocol), Some(name)) =
        (protocol(&service, &mut diagnostics), service_name(&service, &mut diagnostics))
    else {
        return Err(diagnostics.errors);
    };

    let data = Shapes::new(&service, &name, &mut diagnostics);
    let mut shapes = Map::new();
    insert(&mut shapes, &mut diagnostics, &name, |diagnostics| {
        convert_service(&service, protocol, diagnostics)
    });
    for (name, operation) in &service.operations {
        insert(&mut shapes, &mut diagnostics, name, |diagnostics| {
            convert_operation(name, operation, &data, diagnostics)
        });
    }
    for (name, shape) in &service.shapes {
        insert(&mut shapes, &mut diagnostics, data.name(name), |diagnostics| {
            data.convert(name, shape, diagnostics)
        });
    }
    diagnostics.leave_out("the description", None, &service.rest);
    diagnostics.leave_out("the service", None, &metadata.rest);
    if !diagnostics.errors.is_empty() {
        return Err(diagnostics.errors);
    }
    let document = json!({ "smithy": "2.0", "shapes": shapes });
    Ok(Imported { document, namespace: diagnostics.namespace, warnings: diagnostics.warnings })
}

/// Adds a shape under its id, which must be legal in Smithy and unique.
fn insert(
    shapes: &mut Map<String, Value>,
    diagnostics: &mut Diagnostics,
    name: &str,
    shape: impl FnOnce(&mut Diagnostics) -> Value,
) {
    diagnostics.check_name(name, name);
    let shape = shape(diagnostics);
    if shapes.insert(diagnostics.id(name), shape).is_some() {
        diagnostics.refuse(
            Some(name),
            format!("the service, an operation or an error has the same name as another one: {name}"),
            "rename one in the description; both names are on the wire, so no other name is true",
        );
    }
}

/// Returns the id of the protocol trait.
fn protocol(service: &Service, diagnostics: &mut Diagnostics) -> Option<&'static str> {
    let metadata = &service.metadata;
    if metadata.protocol != "json" && !metadata.protocols.iter().any(|protocol| protocol == "json") {
        diagnostics.refuse(
            None,
            format!("the protocol of the service is {}, not JSON", metadata.protocol),
            "give a service of the JSON protocols",
        );
        return None;
    }
    match metadata.json_version.as_ref().and_then(Value::as_str) {
        Some("1.0") => Some("aws.protocols#awsJson1_0"),
        Some("1.1") => Some("aws.protocols#awsJson1_1"),
        _ => {
            let version = metadata.json_version.as_ref().map_or_else(|| "none".to_owned(), Value::to_string);
            diagnostics.refuse(
                None,
                format!("jsonVersion is {version}"),
                "give a service whose jsonVersion is \"1.0\" or \"1.1\"",
            );
            None
        }
    }
}

/// Returns the name of the service shape: the last part of the targetPrefix, which precedes the operation in
/// `X-Amz-Target`.
fn service_name(service: &Service, diagnostics: &mut Diagnostics) -> Option<String> {
    let Some(prefix) = service.metadata.target_prefix.as_deref() else {
        diagnostics.refuse(
            None,
            "there is no targetPrefix",
            "give a description whose metadata has a targetPrefix",
        );
        return None;
    };
    // Two old services have a Java package in the prefix, which the name of a shape cannot contain.
    let name = prefix.rsplit('.').next().unwrap_or(prefix);
    if name != prefix {
        diagnostics.warn(
            Some(name),
            "the targetPrefix contains a package",
            format!("let the router accept \"{prefix}\" as well"),
        );
    }
    Some(name.to_owned())
}

fn convert_service(service: &Service, protocol: &str, diagnostics: &mut Diagnostics) -> Value {
    let metadata = &service.metadata;
    let signing_name = metadata.signing_name.as_ref().unwrap_or(&metadata.endpoint_prefix);
    let mut traits = Traits::default();
    if metadata.signature_version.as_deref() == Some("v4") {
        traits.put("aws.auth#sigv4", json!({ "name": signing_name }));
    } else {
        diagnostics.warn(
            None,
            format!("the signatureVersion {:?} has no trait", metadata.signature_version),
            "add the trait by hand, or accept unsigned requests",
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
    traits.put(protocol, http_versions(service, diagnostics));
    if metadata.aws_query_compatible.is_some() {
        traits.mark("aws.protocols#awsQueryCompatible");
    }
    let discovery = service.operations.iter().find(|(_, operation)| operation.endpointoperation);
    if let Some((name, _)) = discovery {
        traits.put("aws.api#clientEndpointDiscovery", json!({ "operation": diagnostics.id(name) }));
    }
    traits.put_some(
        "smithy.rules#clientContextParams",
        service.client_context_params.as_ref().map(without_documentation),
    );
    traits.put_some("smithy.api#title", metadata.service_full_name.as_ref().map(|name| json!(name)));

    let mut operations: Vec<&str> = service.operations.iter().map(|(name, _)| name.as_str()).collect();
    operations.sort_unstable();
    let operations: Vec<_> = operations.into_iter().map(|name| diagnostics.target(name)).collect();
    json!({
        "type": "service",
        "version": metadata.api_version,
        "operations": operations,
        "traits": traits.into_value(),
    })
}

/// Returns the value of the protocol trait: the versions of HTTP, if the description has them.
fn http_versions(service: &Service, diagnostics: &mut Diagnostics) -> Value {
    let Some(settings) = &service.metadata.protocol_settings else { return json!({}) };
    diagnostics.leave_out("the protocol's settings", None, &settings.rest);
    match settings.h2.as_deref() {
        None => json!({}),
        Some("eventstream") => json!({ "http": ["http/1.1", "h2"], "eventStreamHttp": ["h2"] }),
        Some("optional") => json!({ "http": ["http/1.1", "h2"] }),
        Some("required") => json!({ "http": ["h2"] }),
        Some(_) => {
            diagnostics.warn(None, "the setting h2 of the protocol is unknown", "serve HTTP/1.1");
            json!({})
        }
    }
}

fn convert_operation(
    name: &str,
    operation: &Operation,
    data: &Shapes<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut traits = Traits::default();
    traits.put_some("smithy.api#auth", auth(name, operation, diagnostics));
    if operation.unsigned_payload || operation.authtype.as_deref() == Some("v4-unsigned-body") {
        traits.mark("aws.auth#unsignedPayload");
    }
    traits.mark_if("smithy.api#readonly", operation.readonly);
    traits.mark_if("smithy.api#idempotent", operation.idempotent);
    if let Some(endpoint) = &operation.endpoint {
        traits.put("smithy.api#endpoint", json!({ "hostPrefix": endpoint.host_prefix }));
        diagnostics.leave_out("an operation's endpoint", Some(name), &endpoint.rest);
    }
    if let Some(discovery) = &operation.endpointdiscovery {
        traits.put("aws.api#clientDiscoveredEndpoint", json!({ "required": discovery.required }));
        diagnostics.leave_out("an operation's endpoint discovery", Some(name), &discovery.rest);
    }
    traits.put_some("smithy.api#requestCompression", operation.requestcompression.clone());
    traits.put_some(
        "smithy.rules#staticContextParams",
        operation.static_context_params.as_ref().map(without_documentation),
    );
    traits.put_some(
        "smithy.rules#operationContextParams",
        operation.operation_context_params.as_ref().map(without_documentation),
    );
    traits.deprecate(&operation.deprecation);

    if operation.name.as_ref().is_some_and(|own| own != name) {
        diagnostics.warn(
            Some(name),
            "an operation has a second name",
            "nothing to do: the first name is used on the wire",
        );
    }
    if let Some(http) = &operation.http {
        if (http.method.as_str(), http.request_uri.as_str()) != ("POST", "/") {
            diagnostics.warn(
                Some(name),
                "an operation is not POST /",
                "nothing to do: the JSON protocols always use POST /",
            );
        }
        diagnostics.leave_out("an operation's http", Some(name), &http.rest);
    }
    diagnostics.leave_out("an operation", Some(name), &operation.rest);

    let mut value = json!({
        "type": "operation",
        "input": data.end(name, operation.input.as_ref(), diagnostics),
        "output": data.end(name, operation.output.as_ref(), diagnostics),
    });
    let errors: Vec<_> = operation.errors.iter().map(|error| data.target(name, error, diagnostics)).collect();
    if !errors.is_empty() {
        value["errors"] = json!(errors);
    }
    traits.attach(value)
}

/// Returns the authentication schemes of an operation if they differ from those of the service; an empty list for a
/// public operation.
fn auth(name: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Value> {
    const NO_AUTH: &str = "smithy.api#noAuth";
    match (operation.authtype.as_deref(), &operation.auth) {
        (Some("none"), _) => return Some(json!([])),
        (Some("bearer"), _) => return Some(json!(["smithy.api#httpBearerAuth"])),
        (None | Some("v4" | "v4-unsigned-body"), _) => {}
        (Some(_), _) => {
            diagnostics.warn(
                Some(name),
                "the authtype of an operation is unknown",
                "sign as the service does",
            );
        }
    }
    let schemes = operation.auth.as_ref()?;
    Some(json!(schemes.iter().filter(|scheme| *scheme != NO_AUTH).collect::<Vec<_>>()))
}

/// Returns the value without documentation.
fn without_documentation(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| name.as_str() != "documentation" || !value.is_string())
            .map(|(name, value)| (name.clone(), without_documentation(value)))
            .collect(),
        other => other.clone(),
    }
}
