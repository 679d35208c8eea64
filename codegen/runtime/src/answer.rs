//! Answers: the head and the body of every response a generated service gives.

use aws_smithy_http_server::{
    body::{BoxBody, from_bytes},
    extension::ModeledErrorExtension,
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use crate::{
    Blame, ModeledError, Settings, Stop, Style, Violation, WriteJson, Writer, read::Refused, style::smithy,
};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-amzn-errormessage");
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// The longest message that is repeated in a header, in bytes.
const LONGEST_HEADER: usize = 1024;

/// An answer with this status and JSON text, or an empty body.
pub fn respond(settings: &Settings, status: StatusCode, body: String) -> Response<BoxBody> {
    let mut response = Response::new(from_bytes(Bytes::from(body)));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(settings.version.content_type());
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// The answer of an operation that succeeded.
pub fn output<T: WriteJson>(settings: &Settings, output: &T) -> Response<BoxBody> {
    respond(settings, StatusCode::OK, crate::to_json(output))
}

/// The answer of an operation without an output: an empty body.
pub fn no_output<T>(settings: &Settings, _: &T) -> Response<BoxBody> {
    respond(settings, StatusCode::OK, String::new())
}

/// The answer of an operation that failed as its model says it may.
pub fn error(settings: &Settings, error: &dyn ModeledError) -> Response<BoxBody> {
    let info = error.info();
    let mut writer = Writer::default();
    let mut object = writer.structure();
    object.member("__type", settings.version.type_name(info.id()));
    error.write_members(&mut object);
    object.end();

    let mut response = respond(settings, status(info.blame), writer.0);
    describe(settings, &mut response, info.name(), error.message());
    if let Some((code, blame)) = info.query.filter(|_| settings.query_compatible) {
        let fault = if blame == Blame::Client { "Sender" } else { "Receiver" };
        response
            .headers_mut()
            .extend(HeaderValue::try_from(format!("{code};{fault}")).map(|value| (QUERY_ERROR, value)));
    }
    response.extensions_mut().insert(ModeledErrorExtension::new(info.name()));
    response
}

/// `httpError` is not used: the live services answer 400 or 500 (*Observed*).
fn status(blame: Blame) -> StatusCode {
    match blame {
        Blame::Client => StatusCode::BAD_REQUEST,
        Blame::Server => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An answer that no model knows of, such as `UnknownOperationException`.
pub fn front_end_error(
    settings: &Settings,
    status: StatusCode,
    name: &'static str,
    message: Option<&str>,
) -> Response<BoxBody> {
    told_under("message", settings, status, name, message)
}

fn told_under(
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
    let mut response = respond(settings, status, writer.0);
    describe(settings, &mut response, name, message);
    response
}

/// Tells the error in the head too, as the live services do (*Observed*).
fn describe(settings: &Settings, response: &mut Response<BoxBody>, name: &str, message: Option<&str>) {
    let type_name = match settings.style {
        Style::Coral => format!("{name}:"),
        Style::Smithy => name.to_owned(),
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::try_from(type_name).map(|value| (ERROR_TYPE, value)));
    // A header can hold only visible ASCII: anything else stays in the body.
    let fits = |message: &&str| {
        message.len() <= LONGEST_HEADER && message.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    };
    if let (Style::Coral, Some(message)) = (settings.style, message.filter(fits)) {
        headers.extend(HeaderValue::from_str(message).map(|value| (ERROR_MESSAGE, value)));
    }
}

/// The answer to a body that gives no input.
pub fn refused(settings: &Settings, refused: &Refused) -> Response<BoxBody> {
    match refused {
        Refused::Unreadable(stop) => unreadable(settings, stop),
        Refused::Invalid(violations) => invalid(settings, violations),
    }
}

/// *Observed*: the live service tells of such errors under `Message`, of all others under `message`.
fn unreadable(settings: &Settings, stop: &Stop) -> Response<BoxBody> {
    const NAME: &str = "SerializationException";
    let member = match settings.style {
        Style::Coral => "Message",
        Style::Smithy => "message",
    };
    told_under(member, settings, StatusCode::BAD_REQUEST, NAME, stop.message())
}

fn invalid(settings: &Settings, violations: &[Violation]) -> Response<BoxBody> {
    let shape = &settings.validation;
    let message = settings.style.message(violations);
    let mut writer = Writer::default();
    let mut object = writer.structure();
    object.member("__type", settings.version.type_name(shape.id));
    object.member(shape.message, message.as_str());
    for (name, json) in shape.defaults {
        object.member_with(name, *json, |writer, json| writer.0.push_str(json));
    }
    if let Some(list) = &shape.field_list {
        object.member_with(list.name, violations, |writer, violations| {
            writer.list(violations, |writer, violation| {
                let mut field = writer.structure();
                field.member(list.path, smithy::path(violation).as_str());
                if let Some(message) = list.message {
                    field.member(message, smithy::clause(violation).as_str());
                }
                field.end();
            });
        });
    }
    object.end();
    let name = shape.id.rsplit('#').next().unwrap_or(shape.id);
    let mut response = respond(settings, StatusCode::BAD_REQUEST, writer.0);
    describe(settings, &mut response, name, Some(&message));
    response.extensions_mut().insert(ModeledErrorExtension::new(name));
    response
}
