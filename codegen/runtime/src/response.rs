//! Builds the HTTP responses of a generated service: outputs, errors, and refusals of a request.

use aws_smithy_http_server::{
    body::{BoxBody, from_bytes},
    extension::ModeledErrorExtension,
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use crate::{
    ErrorInfo, Fault, ModeledError, SerializationError, Settings, Style, Violations, WriteJson, Writer,
    read::ReadError, style::smithy,
};

/// The header with the name of the error of a response.
pub const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-amzn-errormessage");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// Maximum length in bytes of an error message that is repeated in a header.
const MAX_HEADER_MESSAGE: usize = 1024;

/// Returns a response with this status and body, with the content type of the protocol.
pub fn json_response(settings: &Settings, status: StatusCode, body: String) -> Response<BoxBody> {
    let mut response = Response::new(from_bytes(Bytes::from(body)));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(settings.version.content_type());
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Returns the response of an operation that succeeded.
pub fn output<T: WriteJson>(settings: &Settings, output: &T) -> Response<BoxBody> {
    json_response(settings, StatusCode::OK, crate::to_json(output))
}

/// Returns the response of an operation without an output: an empty body.
pub fn no_output<T>(settings: &Settings, _: &T) -> Response<BoxBody> {
    json_response(settings, StatusCode::OK, String::new())
}

/// Returns the response of an operation that failed with an error of its model.
pub fn error(settings: &Settings, error: &dyn ModeledError) -> Response<BoxBody> {
    let info = error.info();
    let mut writer = Writer::default();
    let mut object = writer.structure();
    object.member("__type", settings.version.type_name(info.id()));
    error.write_members(&mut object);
    object.end();

    let mut response = json_response(settings, status(info), writer.0);
    add_error_headers(settings, &mut response, info.name(), error.message());
    if let Some((code, fault)) = info.query.filter(|_| settings.query_compatible) {
        let fault = if fault == Fault::Client { "Sender" } else { "Receiver" };
        response
            .headers_mut()
            .extend(HeaderValue::try_from(format!("{code};{fault}")).map(|value| (QUERY_ERROR, value)));
    }
    response.extensions_mut().insert(ModeledErrorExtension::new(info.name()));
    response
}

/// Returns the status of an error. It is that of the trait `httpError` only if the package was generated so: the live
/// services answer with 400 or 500 only (*Observed*).
fn status(info: &ErrorInfo) -> StatusCode {
    if let Some(status) = info.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        return status;
    }
    match info.fault {
        Fault::Client => StatusCode::BAD_REQUEST,
        Fault::Server => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Returns the response for an error that is not in the model, such as `UnknownOperationException`.
pub fn front_end_error(
    settings: &Settings,
    status: StatusCode,
    name: &'static str,
    message: Option<&str>,
) -> Response<BoxBody> {
    unmodeled_error("message", settings, status, name, message)
}

fn unmodeled_error(
    member: &str,
    settings: &Settings,
    status: StatusCode,
    name: &'static str,
    message: Option<&str>,
) -> Response<BoxBody> {
    let mut writer = Writer::default();
    let mut object = writer.structure();
    object.member("__type", name);
    if let Some(message) = message {
        object.member(member, message);
    }
    object.end();
    let mut response = json_response(settings, status, writer.0);
    add_error_headers(settings, &mut response, name, message);
    response
}

/// Adds the headers in which the live services repeat an error's name and message (*Observed*).
fn add_error_headers(
    settings: &Settings,
    response: &mut Response<BoxBody>,
    name: &str,
    message: Option<&str>,
) {
    let type_name = match settings.style {
        Style::Coral => format!("{name}:"),
        Style::Smithy => name.to_owned(),
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(type_name).map(|value| (ERROR_TYPE, value)));
    // A header value holds only visible ASCII; any other message is in the body alone.
    let fits = |message: &&str| {
        message.len() <= MAX_HEADER_MESSAGE && message.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    };
    if let (Style::Coral, Some(message)) = (settings.style, message.filter(fits)) {
        headers.extend(HeaderValue::from_str(message).map(|value| (ERROR_MESSAGE, value)));
    }
}

/// Returns the response to a body from which no input could be read.
pub fn read_error(settings: &Settings, error: &ReadError) -> Response<BoxBody> {
    match error {
        ReadError::Serialization(error) => serialization_error(settings, error),
        ReadError::Constraints(violations) => validation_error(settings, violations),
    }
}

/// *Observed*: the live service writes the message of this error as `Message`, and that of all others as `message`.
fn serialization_error(settings: &Settings, error: &SerializationError) -> Response<BoxBody> {
    const NAME: &str = "SerializationException";
    let member = match settings.style {
        Style::Coral => "Message",
        Style::Smithy => "message",
    };
    let message = error.message_in(settings.style);
    unmodeled_error(member, settings, StatusCode::BAD_REQUEST, NAME, message.as_deref())
}

fn validation_error(settings: &Settings, violations: &Violations) -> Response<BoxBody> {
    let shape = &settings.validation;
    let message = violations.message();
    let mut writer = Writer::default();
    let mut object = writer.structure();
    object.member("__type", settings.version.type_name(shape.id));
    object.member(shape.message, message);
    for (name, json) in shape.defaults {
        object.member_with(name, *json, |writer, json| writer.0.push_str(json));
    }
    if let Some(list) = &shape.field_list {
        let fields = smithy::fields(&violations.told, violations.room);
        object.member_with(list.name, fields.as_slice(), |writer, fields| {
            writer.list(fields, |writer, field| {
                let mut object = writer.structure();
                object.member(list.path, field.path.as_str());
                if let Some(message) = list.message {
                    object.member(message, field.clause.as_str());
                }
                object.end();
            });
        });
    }
    object.end();
    let name = shape.id.rsplit('#').next().unwrap_or(shape.id);
    let mut response = json_response(settings, StatusCode::BAD_REQUEST, writer.0);
    add_error_headers(settings, &mut response, name, Some(message));
    response.extensions_mut().insert(ModeledErrorExtension::new(name));
    response
}
