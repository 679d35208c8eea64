//! Tests of the service, its operations and their errors.

use serde_json::{Value, json};

use super::{description, imported, shape, warnings, with_metadata, with_operations};

fn operation(with: &Value) -> Value {
    shape(&with_operations(&json!({ "Do": with })), "Do")
}

fn traits(with: &Value) -> Value {
    operation(with)["traits"].take()
}

fn service(metadata: &Value) -> Value {
    shape(&with_metadata(metadata), "PetShop_2026")
}

/// Returns the traits of an error with these fields.
fn error(with: &Value, metadata: &Value) -> Value {
    let mut it = json!({ "type": "structure", "members": {} });
    for (name, value) in with.as_object().into_iter().flatten() {
        it[name] = value.clone();
    }
    let operations = json!({ "Do": { "errors": [{ "shape": "It" }] } });
    shape(&description(metadata, &operations, &json!({ "It": it })), "It")["traits"].take()
}

#[test]
fn service_is_named_by_its_target_prefix() {
    let description = with_operations(&json!({ "B": {}, "A": {} }));
    assert_eq!(imported(&description).namespace, "com.amazonaws.petshop");
    assert_eq!(imported(&description).document["smithy"], "2.0");
    assert_eq!(
        shape(&description, "PetShop_2026"),
        json!({
            "type": "service",
            "version": "2026-01-02",
            "operations": [{ "target": "com.amazonaws.petshop#A" }, { "target": "com.amazonaws.petshop#B" }],
            "traits": {
                "aws.auth#sigv4": { "name": "pets" },
                "aws.api#service": { "sdkId": "Pet Shop", "endpointPrefix": "pets" },
                "aws.protocols#awsJson1_1": {},
            },
        })
    );
}

#[test]
fn target_prefix_with_package_gives_a_warning() {
    let description = with_metadata(&json!({ "targetPrefix": "com.pets.PetShop_2026" }));
    assert_eq!(shape(&description, "PetShop_2026")["type"], "service");
    assert_eq!(warnings(&description), ["the targetPrefix contains a package"]);
}

#[test]
fn service_has_the_traits_of_its_metadata() {
    let of = |metadata: Value| service(&metadata)["traits"].take();
    assert_eq!(of(json!({ "signingName": "sign" }))["aws.auth#sigv4"], json!({ "name": "sign" }));
    assert_eq!(of(json!({ "jsonVersion": "1.0" }))["aws.protocols#awsJson1_0"], json!({}));
    assert_eq!(of(json!({ "awsQueryCompatible": {} }))["aws.protocols#awsQueryCompatible"], json!({}));
    assert_eq!(of(json!({ "serviceFullName": "A Pet Shop" }))["smithy.api#title"], "A Pet Shop");
    let both = of(json!({ "auth": ["aws.auth#sigv4a", "aws.auth#sigv4"] }));
    assert_eq!(both["aws.auth#sigv4a"], json!({ "name": "pets" }));
    assert_eq!(both["smithy.api#auth"], json!(["aws.auth#sigv4a", "aws.auth#sigv4"]));
    let bearer = json!({ "auth": ["smithy.api#httpBearerAuth"], "signatureVersion": "bearer" });
    assert_eq!(of(bearer.clone())["smithy.api#httpBearerAuth"], json!({}));
    assert_eq!(warnings(&with_metadata(&bearer)).len(), 1);
    // A protocol that is not the first choice is taken as well.
    let second = json!({ "protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor", "json"] });
    assert_eq!(of(second)["aws.protocols#awsJson1_1"], json!({}));
    for (h2, value) in [
        ("eventstream", json!({ "http": ["http/1.1", "h2"], "eventStreamHttp": ["h2"] })),
        ("optional", json!({ "http": ["http/1.1", "h2"] })),
        ("required", json!({ "http": ["h2"] })),
    ] {
        assert_eq!(of(json!({ "protocolSettings": { "h2": h2 } }))["aws.protocols#awsJson1_1"], value);
    }
}

#[test]
fn ends_and_errors_of_an_operation() {
    let with = json!({
        "name": "Do",
        "http": { "method": "POST", "requestUri": "/" },
        "input": { "shape": "In" },
        "output": { "shape": "Out" },
        "errors": [{ "shape": "Refused" }],
        "documentation": "Prose.",
    });
    assert_eq!(
        operation(&with),
        json!({
            "type": "operation",
            "input": { "target": "com.amazonaws.petshop#In" },
            "output": { "target": "com.amazonaws.petshop#Out" },
            "errors": [{ "target": "com.amazonaws.petshop#Refused" }],
        })
    );
    let unit = json!({ "target": "smithy.api#Unit" });
    assert_eq!(operation(&json!({})), json!({ "type": "operation", "input": unit, "output": unit }));
}

#[test]
fn operation_has_the_traits_of_its_fields() {
    assert_eq!(traits(&json!({ "authtype": "none" })), json!({ "smithy.api#auth": [] }));
    assert_eq!(traits(&json!({ "auth": ["smithy.api#noAuth"] })), json!({ "smithy.api#auth": [] }));
    assert_eq!(
        traits(&json!({ "auth": ["aws.auth#sigv4"] })),
        json!({ "smithy.api#auth": ["aws.auth#sigv4"] })
    );
    assert_eq!(
        traits(&json!({ "authtype": "bearer" })),
        json!({ "smithy.api#auth": ["smithy.api#httpBearerAuth"] })
    );
    assert_eq!(traits(&json!({ "unsignedPayload": true })), json!({ "aws.auth#unsignedPayload": {} }));
    assert_eq!(traits(&json!({ "authtype": "v4-unsigned-body" })), json!({ "aws.auth#unsignedPayload": {} }));
    assert_eq!(traits(&json!({ "readonly": true })), json!({ "smithy.api#readonly": {} }));
    assert_eq!(traits(&json!({ "idempotent": true })), json!({ "smithy.api#idempotent": {} }));
    assert_eq!(
        traits(&json!({ "endpoint": { "hostPrefix": "sync-" } })),
        json!({ "smithy.api#endpoint": { "hostPrefix": "sync-" } })
    );
    assert_eq!(
        traits(&json!({ "requestcompression": { "encodings": ["gzip"] } })),
        json!({ "smithy.api#requestCompression": { "encodings": ["gzip"] } })
    );
    assert_eq!(
        traits(&json!({ "deprecated": true, "deprecatedMessage": "why" })),
        json!({ "smithy.api#deprecated": { "message": "why" } })
    );
    assert_eq!(
        traits(&json!({ "endpointdiscovery": { "required": true } })),
        json!({ "aws.api#clientDiscoveredEndpoint": { "required": true } })
    );
    assert_eq!(
        traits(&json!({ "staticContextParams": { "P": { "value": "x", "documentation": "Prose." } } })),
        json!({ "smithy.rules#staticContextParams": { "P": { "value": "x" } } })
    );
    assert_eq!(
        traits(&json!({ "operationContextParams": { "P": { "path": "x" } } })),
        json!({ "smithy.rules#operationContextParams": { "P": { "path": "x" } } })
    );
}

#[test]
fn service_names_the_operation_for_endpoint_discovery() {
    let description = with_operations(&json!({ "Ask": { "endpointoperation": true } }));
    assert_eq!(
        shape(&description, "PetShop_2026")["traits"]["aws.api#clientEndpointDiscovery"],
        json!({ "operation": "com.amazonaws.petshop#Ask" })
    );
}

#[test]
fn unusual_operation_gives_warnings() {
    let with = json!({
        "name": "Other",
        "http": { "method": "GET", "requestUri": "/", "responseCode": 201 },
        "authtype": "odd",
        "new": 1,
    });
    assert_eq!(
        warnings(&with_operations(&json!({ "Do": with }))),
        [
            "the authtype of an operation is unknown",
            "an operation has a second name",
            "an operation is not POST /",
            "`responseCode` of an operation's http is left out",
            "`new` of an operation is left out",
        ]
    );
}

#[test]
fn error_is_of_client_or_server() {
    let of = |with: Value| error(&with, &json!({}));
    let client = json!({ "smithy.api#error": "client" });
    let server = json!({ "smithy.api#error": "server" });
    assert_eq!(of(json!({ "exception": true })), client);
    // Declared by an operation is enough.
    assert_eq!(of(json!({})), client);
    assert_eq!(of(json!({ "exception": true, "fault": true })), server);
    assert_eq!(of(json!({ "error": { "senderFault": false } })), server);
    assert_eq!(of(json!({ "error": { "fault": true } })), server);
    assert_eq!(
        of(json!({ "error": { "httpStatusCode": 404, "senderFault": true } })),
        json!({ "smithy.api#error": "client", "smithy.api#httpError": 404 })
    );
    assert_eq!(
        of(json!({ "error": { "httpStatusCode": 503 } })),
        json!({ "smithy.api#error": "server", "smithy.api#httpError": 503 })
    );
    assert_eq!(
        of(json!({ "exception": true, "retryable": { "throttling": false } })),
        json!({ "smithy.api#error": "client", "smithy.api#retryable": {} })
    );
    assert_eq!(
        of(json!({ "exception": true, "retryable": { "throttling": true } })),
        json!({ "smithy.api#error": "client", "smithy.api#retryable": { "throttling": true } })
    );
}

#[test]
fn query_compatible_service_has_error_codes() {
    let facts = json!({ "error": { "code": "Pet.Gone", "httpStatusCode": 400, "senderFault": true } });
    assert_eq!(
        error(&facts, &json!({ "awsQueryCompatible": {} }))["aws.protocols#awsQueryError"],
        json!({ "code": "Pet.Gone", "httpResponseCode": 400 })
    );
    assert!(error(&facts, &json!({})).get("aws.protocols#awsQueryError").is_none());
}
