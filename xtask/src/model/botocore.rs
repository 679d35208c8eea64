//! Types for botocore's `service-2.json`.
//!
//! Every type keeps unknown fields in `rest`, so that the mapping reports a field that botocore adds.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Number, Value};

use lido_model::Diagnostic;

/// A JSON object with typed values, in the order of the file.
pub(crate) type Pairs<T> = Vec<(String, T)>;
/// Unknown fields.
pub(crate) type Rest = Map<String, Value>;

/// A description of a service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service {
    pub(crate) metadata: Metadata,
    #[serde(deserialize_with = "pairs")]
    pub(crate) operations: Pairs<Operation>,
    #[serde(deserialize_with = "pairs")]
    pub(crate) shapes: Pairs<Shape>,
    pub(crate) client_context_params: Option<Value>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The metadata of a service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) protocol: String,
    #[serde(default)]
    pub(crate) protocols: Vec<String>,
    pub(crate) protocol_settings: Option<ProtocolSettings>,
    pub(crate) json_version: Option<Value>,
    pub(crate) target_prefix: Option<String>,
    pub(crate) service_id: Option<String>,
    pub(crate) service_full_name: Option<String>,
    pub(crate) endpoint_prefix: String,
    pub(crate) signing_name: Option<String>,
    pub(crate) signature_version: Option<String>,
    #[serde(default)]
    pub(crate) auth: Vec<String>,
    pub(crate) aws_query_compatible: Option<Value>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Settings of the protocol: whether HTTP/2 is allowed or required.
#[derive(Debug, Deserialize)]
pub(crate) struct ProtocolSettings {
    pub(crate) h2: Option<String>,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) name: Option<String>,
    pub(crate) http: Option<Http>,
    pub(crate) input: Option<Reference>,
    pub(crate) output: Option<Reference>,
    #[serde(default)]
    pub(crate) errors: Vec<Reference>,
    pub(crate) authtype: Option<String>,
    pub(crate) auth: Option<Vec<String>>,
    #[serde(default, rename = "unsignedPayload")]
    pub(crate) unsigned_payload: bool,
    #[serde(default)]
    pub(crate) idempotent: bool,
    #[serde(default)]
    pub(crate) readonly: bool,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) endpointdiscovery: Option<EndpointDiscovery>,
    #[serde(default)]
    pub(crate) endpointoperation: bool,
    pub(crate) requestcompression: Option<Value>,
    #[serde(rename = "staticContextParams")]
    pub(crate) static_context_params: Option<Value>,
    #[serde(rename = "operationContextParams")]
    pub(crate) operation_context_params: Option<Value>,
    #[serde(flatten)]
    pub(crate) deprecation: Deprecation,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The HTTP method and URI, which are the same for all operations of the JSON protocols.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The prefix of the host name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Endpoint {
    pub(crate) host_prefix: String,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Whether a client must discover the endpoint first.
#[derive(Debug, Deserialize)]
pub(crate) struct EndpointDiscovery {
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Whether an item is deprecated, why and since when.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Deprecation {
    #[serde(default)]
    pub(crate) deprecated: bool,
    #[serde(rename = "deprecatedMessage")]
    pub(crate) message: Option<String>,
    #[serde(rename = "deprecatedSince")]
    pub(crate) since: Option<String>,
}

/// The type of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Blob,
    Boolean,
    Double,
    Float,
    Integer,
    List,
    Long,
    Map,
    String,
    Structure,
    Timestamp,
}

/// One shape.
#[derive(Debug, Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default, deserialize_with = "pairs")]
    pub(crate) members: Pairs<Reference>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    pub(crate) member: Option<Reference>,
    pub(crate) key: Option<Reference>,
    pub(crate) value: Option<Reference>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<String>>,
    pub(crate) min: Option<Number>,
    pub(crate) max: Option<Number>,
    pub(crate) pattern: Option<String>,
    #[serde(rename = "timestampFormat")]
    pub(crate) timestamp_format: Option<String>,
    #[serde(default)]
    pub(crate) sensitive: bool,
    #[serde(default)]
    pub(crate) document: bool,
    #[serde(default)]
    pub(crate) union: bool,
    #[serde(default)]
    pub(crate) streaming: bool,
    #[serde(default)]
    pub(crate) eventstream: bool,
    #[serde(default)]
    pub(crate) exception: bool,
    #[serde(default)]
    pub(crate) fault: bool,
    pub(crate) error: Option<ErrorFacts>,
    pub(crate) retryable: Option<Retryable>,
    #[serde(flatten)]
    pub(crate) deprecation: Deprecation,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// The code and status of an error in the query protocols.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorFacts {
    pub(crate) code: Option<String>,
    pub(crate) http_status_code: Option<u16>,
    pub(crate) sender_fault: Option<bool>,
    #[serde(default)]
    pub(crate) fault: bool,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Whether a client should retry after an error.
#[derive(Debug, Deserialize)]
pub(crate) struct Retryable {
    #[serde(default)]
    pub(crate) throttling: bool,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// A reference to a shape: a member, an element of a list, a key or value of a map, an input, an output or an error.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reference {
    pub(crate) shape: String,
    pub(crate) location_name: Option<String>,
    pub(crate) timestamp_format: Option<String>,
    #[serde(default)]
    pub(crate) idempotency_token: bool,
    #[serde(default)]
    pub(crate) host_label: bool,
    #[serde(default)]
    pub(crate) jsonvalue: bool,
    #[serde(default)]
    pub(crate) streaming: bool,
    #[serde(default)]
    pub(crate) eventpayload: bool,
    #[serde(default)]
    pub(crate) eventheader: bool,
    pub(crate) context_param: Option<Value>,
    #[serde(flatten)]
    pub(crate) deprecation: Deprecation,
    #[serde(flatten)]
    pub(crate) rest: Rest,
}

/// Parses a description.
///
/// # Errors
/// Returns a diagnostic about the first error, with the names of the objects around it.
pub(crate) fn read(bytes: &[u8]) -> Result<Service, Diagnostic> {
    serde_json::from_slice(bytes).map_err(|error| {
        Diagnostic::error(
            &super::mapping::IMPORT,
            format!("not a service description of botocore: {error}"),
            "give a service-2.json as botocore ships it",
        )
    })
}

/// Deserializes an object in the order of the file. Errors in a value name its key.
fn pairs<'de, D: Deserializer<'de>, T: de::DeserializeOwned>(deserializer: D) -> Result<Pairs<T>, D::Error> {
    let object = Map::<String, Value>::deserialize(deserializer)?;
    let read = |(key, value)| {
        let value = T::deserialize(value).map_err(|error| de::Error::custom(format!("{key}: {error}")))?;
        Ok((key, value))
    };
    object.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#""metadata": {"apiVersion": "1", "protocol": "json", "endpointPrefix": "x"}"#;

    fn refusal(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().message
    }

    #[test]
    fn order_and_unknown_fields_are_kept() {
        let text = format!(
            r#"{{{HEAD}, "operations": {{"B": {{"new": 1, "deprecatedSince": "x"}}, "A": {{}}}}, "shapes": {{}}, "more": 2}}"#
        );
        let service = read(text.as_bytes()).unwrap();
        assert_eq!(service.rest.keys().collect::<Vec<_>>(), ["more"]);
        let names: Vec<_> = service.operations.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["B", "A"]);
        assert_eq!(service.operations[0].1.rest.keys().collect::<Vec<_>>(), ["new"]);
        assert_eq!(service.operations[0].1.deprecation.since.as_deref(), Some("x"));
    }

    #[test]
    fn errors_name_the_shape_and_the_field() {
        assert!(refusal("").contains("EOF"));
        assert!(refusal("[]").contains("not a service description"));
        assert!(refusal("{}").contains("missing field `metadata`"));
        let shapes = |shape| format!(r#"{{{HEAD}, "operations": {{}}, "shapes": {{"Odd": {shape}}}}}"#);
        assert!(refusal(&shapes(r#"{"type": "character"}"#)).contains("Odd: unknown variant `character`"));
        assert!(refusal(&shapes(r#"{"type": "string", "min": "1"}"#)).contains("Odd: "));
        let member = r#"{"type": "structure", "members": {"M": {}}}"#;
        assert!(refusal(&shapes(member)).contains("Odd: M: missing field `shape`"));
    }
}
