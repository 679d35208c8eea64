//! Requests for other services of AWS: refused in the protocol of that service, with a text that names what is served.
//!
//! `AWS_ENDPOINT_URL` sends the requests of every service here, and the first one is often `sts get-caller-identity`. An
//! answer in the wrong protocol makes the client show an error of its parser. *Chosen*: the texts; the status 400 and not
//! 501, because some SDKs repeat a request after any 5xx; and the names of errors, which the protocols have for an unknown
//! action.
//!
//! A service is recognized by the scope of the signature, or by the prefix of `X-Amz-Target`. A target with any other
//! prefix is an unknown operation of this service, as at its own endpoint (cog-0279).

use http::{HeaderMap, HeaderValue, Response, StatusCode, header, request::Parts};
use lido_runtime::{Bytes, Operation as _, response::front_end_error, server::body::from_bytes};

use crate::{operations::Operation, surface::HttpResponse};

/// The service of this server, in the scope of a signature.
const OWN: &str = "cognito-idp";

/// Services with the name that their users know, by their name in the scope of a signature.
const NAMES: &[(&str, &str)] = &[
    ("apigateway", "Amazon API Gateway"),
    ("cloudformation", "AWS CloudFormation"),
    ("cognito-identity", "Amazon Cognito identity pools"),
    ("cognito-sync", "Amazon Cognito Sync"),
    ("dynamodb", "Amazon DynamoDB"),
    ("ec2", "Amazon EC2"),
    ("iam", "AWS IAM"),
    ("kms", "AWS KMS"),
    ("lambda", "AWS Lambda"),
    ("s3", "Amazon S3"),
    ("secretsmanager", "AWS Secrets Manager"),
    ("sns", "Amazon SNS"),
    ("sqs", "Amazon SQS"),
    ("sts", "AWS STS"),
];

/// The prefixes of `X-Amz-Target` of services whose operations may be called without a signature.
const TARGETS: &[(&str, &str)] = &[("AWSCognitoIdentityService", "cognito-identity")];

/// Services whose responses are XML although their requests name no action.
const REST_XML: &[&str] = &["cloudfront", "route53", "s3"];

/// How a service writes its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// awsJson 1.0 and 1.1.
    Json,
    /// awsQuery, and restXml but for S3.
    Xml,
    /// ec2Query.
    Ec2Xml,
    /// restXml of S3, whose error has no envelope.
    S3Xml,
    /// restJson1.
    RestJson,
    /// rpcv2Cbor.
    Cbor,
}

/// Returns the refusal of a request for another service. Returns `None` for any other request.
pub(super) fn refusal(head: &Parts, body: &[u8]) -> Option<HttpResponse> {
    let (service, protocol) = recognize(head, body)?;
    let name = match NAMES.iter().find(|(scope, _)| Some(*scope) == service.as_deref()) {
        Some((_, name)) => (*name).to_owned(),
        None => service.map_or("another service".to_owned(), |service| format!("the service {service}")),
    };
    let text = format!(
        "Lido serves Amazon Cognito user pools (cognito-idp) only, and this is a request for {name}. Set \
         AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER instead of AWS_ENDPOINT_URL, so that requests for other services go \
         elsewhere."
    );
    Some(protocol.error(&head.headers, &text))
}

/// Returns the service, if its name is known, and the protocol of a request for another service.
fn recognize(head: &Parts, body: &[u8]) -> Option<(Option<String>, Protocol)> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let query = head.uri.query().unwrap_or_default();
    let parameters: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter =
        |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let scope = header(header::AUTHORIZATION.as_str())
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, rest)| rest.split([',', ' ']).next())
        .or_else(|| parameter("X-Amz-Credential"));
    let signed_for = scope.and_then(service_of);
    if signed_for == Some(OWN) {
        return None;
    }
    if let Some(target) = header("x-amz-target") {
        let prefix = target.split_once('.').map_or(target, |(prefix, _)| prefix);
        let by_target = TARGETS.iter().find(|(name, _)| *name == prefix).map(|(_, service)| *service);
        return Some((Some(signed_for.or(by_target)?.to_owned()), Protocol::Json));
    }
    let service = signed_for.map(str::to_owned);
    if header("smithy-protocol") == Some("rpc-v2-cbor") {
        return Some((service, Protocol::Cbor));
    }
    let is_form = header(header::CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let names_action = is_form && body.starts_with(b"Action=") || parameter("Action").is_some();
    match signed_for {
        Some("ec2") if names_action => Some((service, Protocol::Ec2Xml)),
        _ if names_action => Some((service, Protocol::Xml)),
        Some("s3") => Some((service, Protocol::S3Xml)),
        Some(name) if REST_XML.contains(&name) => Some((service, Protocol::Xml)),
        Some(_) => Some((service, Protocol::RestJson)),
        None => None,
    }
}

/// Returns the service in the scope of a signature, `KEY/DATE/REGION/SERVICE/aws4_request`. Texts contain it, so that other
/// characters than those of services are not accepted.
fn service_of(scope: &str) -> Option<&str> {
    let service = scope.strip_suffix("/aws4_request")?.rsplit('/').next()?;
    let is_of_service = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ((1..=40).contains(&service.len()) && service.bytes().all(is_of_service)).then_some(service)
}

impl Protocol {
    /// Returns the response with an error in this protocol. `text` contains nothing that XML or JSON would escape.
    fn error(self, request: &HeaderMap, text: &str) -> HttpResponse {
        let (kind, body) = match self {
            Protocol::Json | Protocol::RestJson => {
                let (settings, name) = (Operation::settings(), "UnknownOperationException");
                let mut response = front_end_error(settings, StatusCode::BAD_REQUEST, name, Some(text));
                // awsJson 1.0 or 1.1, as the request.
                let asked = request.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
                let kind = match (self, asked) {
                    (Protocol::RestJson, _) => "application/json",
                    (_, Some(b"application/x-amz-json-1.0")) => "application/x-amz-json-1.0",
                    _ => "application/x-amz-json-1.1",
                };
                let kind = HeaderValue::from_static(kind);
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                return response;
            }
            Protocol::Xml => {
                let error = format!("<Type>Sender</Type><Code>InvalidAction</Code><Message>{text}</Message>");
                ("text/xml", format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>").into())
            }
            Protocol::Ec2Xml => {
                let error = format!("<Code>InvalidAction</Code><Message>{text}</Message>");
                ("text/xml", format!("<Response><Errors><Error>{error}</Error></Errors></Response>").into())
            }
            Protocol::S3Xml => {
                let error = format!("<Code>NotImplemented</Code><Message>{text}</Message>");
                ("application/xml", format!("<Error>{error}</Error>").into())
            }
            Protocol::Cbor => ("application/cbor", cbor_error("UnknownOperationException", text)),
        };
        let mut response = Response::new(from_bytes(Bytes::from(body)));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if self == Protocol::Cbor {
            response.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
        }
        response
    }
}

/// Returns the CBOR map of an error's type and message.
fn cbor_error(name: &str, message: &str) -> Vec<u8> {
    // RFC 8949: the upper three bits of the first byte are the major type, 5 for a map and 3 for a text. A map's number of
    // pairs follows in the lower bits; 25 there means that the length of the text follows in two bytes.
    let mut bytes = vec![5 << 5 | 2];
    for text in ["__type", name, "message", message] {
        bytes.push(3 << 5 | 25);
        bytes.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(text.bytes().take(usize::from(u16::MAX)));
    }
    bytes
}
