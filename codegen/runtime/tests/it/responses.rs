//! A hand-written service over HTTP: routing, statuses, headers, error bodies, and the number of writes.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use lido_runtime::{
    ApiError, AuthScheme, Config, ErrorInfo, ErrorKind, Fault, FromApiError, Object, OperationInput as _,
    ReadJson, Reader, Rejection, Router, Routes, Settings, Shape, Slot, Style, ValidationError, Version,
    WriteJson, WriteMembers, Writer, modeled_error, operation, operation_error, read::ReadResult,
    server::body::BoxBody,
};
use tower::{Service as _, ServiceExt as _};

use crate::shapes::Name;

static SETTINGS: Settings = Settings {
    version: Version::AwsJson1_1,
    style: Style::Coral,
    validation: ValidationError { id: "test#Invalid", message: "message", field_list: None, defaults: &[] },
    body_limit: 200,
    query_compatible: false,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Greet,
    Unserved,
}

impl lido_runtime::Operation for Operation {
    const ALL: &'static [Self] = &[Self::Greet, Self::Unserved];
    const SERVICE: &'static str = "Service";

    fn settings() -> &'static Settings {
        &SETTINGS
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    fn index(self) -> usize {
        self as usize
    }

    fn name(self) -> &'static str {
        match self {
            Self::Greet => "Greet",
            Self::Unserved => "Unserved",
        }
    }

    fn auth(self) -> &'static [AuthScheme] {
        &[AuthScheme::NoAuth]
    }

    fn check(self, headers: &http::HeaderMap, body: &Bytes) -> Result<(), Rejection> {
        GreetInput::from_body(headers, body).map(drop)
    }
}

struct Service;

impl lido_runtime::server::service::ServiceShape for Service {
    const ID: lido_runtime::server::ShapeId =
        lido_runtime::server::ShapeId::new("test#Service", "test", "Service");
    const VERSION: Option<&'static str> = None;
    type Protocol = lido_runtime::server::protocol::aws_json_11::AwsJson1_1;
    type Operations = Operation;
}

operation! {
    /// Returns a greeting.
    pub struct Greet;
    id: ("test#Greet", "test", "Greet"),
    service: Service as Operation::Greet,
    protocol: lido_runtime::server::protocol::aws_json_11::AwsJson1_1,
    settings: SETTINGS,
    input: GreetInput {
        const MAY_BE_GZIPPED: bool = true;
    },
    output: GreetOutput as output,
    error: GreetError,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GreetInput {
    name: Name,
}

impl Shape for GreetInput {}

impl ReadJson for GreetInput {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        let mut object = reader.structure()?;
        let mut name = Slot::new(0, "Name");
        while let Some(key) = object.next_name()? {
            match &*key {
                "Name" => name.read(&mut object)?,
                _ => object.skip()?,
            }
        }
        let Some(name) = name.required(&mut object) else { return Ok(None) };
        Ok(Some(Self { name }))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct GreetOutput {
    greeting: String,
}

impl WriteJson for GreetOutput {
    fn write_json(&self, writer: &mut Writer) {
        let mut object = writer.structure();
        object.member("Greeting", &self.greeting);
        object.end();
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct NameTaken {
    message: Option<String>,
}

impl WriteMembers for NameTaken {
    fn write_members(&self, object: &mut Object<'_>) {
        object.optional("message", &self.message);
    }
}

modeled_error!(
    NameTaken,
    ErrorInfo::new("test#NameTaken", Fault::Client),
    |error| error.message.as_deref(),
    |message| Ok(NameTaken { message: Some(message) })
);

/// The errors of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`NameTaken`]
    NameTaken,
    /// An error that no operation declares.
    Undeclared,
}

impl ErrorKind for Kind {
    const ALL: &'static [Self] = &[Self::NameTaken, Self::Undeclared];

    fn name(self) -> &'static str {
        match self {
            Self::NameTaken => "NameTaken",
            Self::Undeclared => "Undeclared",
        }
    }
}

operation_error! {
    /// The errors of [`Greet`].
    pub enum GreetError of Kind {
        /// [`NameTaken`]
        NameTaken(NameTaken),
    }
}

#[test]
fn from_api_error_with_undeclared_kind_returns_the_api_error() {
    assert_eq!(GreetError::DECLARED, [Kind::NameTaken]);
    let error = GreetError::from_api_error(ApiError::new(Kind::NameTaken, "Choose another name.")).unwrap();
    assert_eq!(error.to_string(), "NameTaken: Choose another name.");
    let undeclared = ApiError::new(Kind::Undeclared, "Try again tomorrow.");
    assert_eq!(GreetError::from_api_error(undeclared.clone()).unwrap_err(), undeclared);
}

async fn greet(input: GreetInput) -> Result<GreetOutput, GreetError> {
    match input.name.as_str() {
        "taken" => Err(NameTaken { message: Some("Choose another name.".into()) }.into()),
        "wide" => Err(NameTaken { message: Some("Wähle einen anderen Namen.".into()) }.into()),
        "long" => Err(NameTaken { message: Some("x".repeat(1025)) }.into()),
        name => Ok(GreetOutput { greeting: format!("Hello {name}") }),
    }
}

fn service<B>() -> Router<Operation, B>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    let mut routes = Routes::<Operation, B, _, _, _>::new(Config::new());
    routes.set::<Service, Greet, _, _>(Operation::Greet, greet);
    routes.set_unserved(lido_runtime::not_implemented);
    routes.build().unwrap()
}

fn request(target: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post("/").header("x-amz-target", target).body(Full::new(body.into())).unwrap()
}

async fn call(request: Request<Full<Bytes>>) -> (Response<()>, String) {
    let response = service().ready().await.unwrap().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body: BoxBody = body;
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(head, ()), String::from_utf8(body.to_vec()).unwrap())
}

fn header<'r>(response: &'r Response<()>, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn handler_returning_output_is_answered_with_200() {
    let (response, body) = call(request("Service.Greet", r#"{"Name":"you"}"#)).await;
    assert_eq!((response.status(), body.as_str()), (StatusCode::OK, r#"{"Greeting":"Hello you"}"#));
    assert_eq!(header(&response, "content-type"), Some("application/x-amz-json-1.1"));
}

#[tokio::test]
async fn handler_returning_error_sets_body_and_headers() {
    let (response, body) = call(request("Service.Greet", r#"{"Name":"taken"}"#)).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body, r#"{"__type":"NameTaken","message":"Choose another name."}"#);
    assert_eq!(header(&response, "x-amzn-errortype"), Some("NameTaken:"));
    assert_eq!(header(&response, "x-amzn-errormessage"), Some("Choose another name."));
}

#[tokio::test]
async fn error_message_not_allowed_in_header_is_in_body_only() {
    for name in ["wide", "long"] {
        let (response, _) = call(request("Service.Greet", format!("{{\"Name\":\"{name}\"}}"))).await;
        assert_eq!(header(&response, "x-amzn-errormessage"), None);
        assert_eq!(header(&response, "x-amzn-errortype"), Some("NameTaken:"));
    }
}

#[tokio::test]
async fn request_without_known_target_is_answered_with_unknown_operation() {
    for target in ["Service.Gree", "service.Greet", "Service.greet", "Greet", "Other.Greet", "Service.", ""] {
        let (response, body) = call(request(target, r#"{"Name":"you"}"#)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{target}");
        assert_eq!(body, r#"{"__type":"UnknownOperationException"}"#, "{target}");
    }
    let elsewhere = |method, uri| {
        let request = Request::builder().method(method).uri(uri).header("x-amz-target", "Service.Greet");
        request.body(Full::new(Bytes::from_static(b"{}"))).unwrap()
    };
    for request in [elsewhere(Method::GET, "/"), elsewhere(Method::POST, "/other")] {
        assert_eq!(call(request).await.1, r#"{"__type":"UnknownOperationException"}"#);
    }
}

#[tokio::test]
async fn operation_without_handler_checks_its_input_first() {
    let (response, body) = call(request("Service.Unserved", r#"{"Name":"you"}"#)).await;
    assert_eq!(response.status(), StatusCode::NOT_IMPLEMENTED);
    assert_eq!(body, r#"{"__type":"NotImplementedException","message":"Unserved is not served"}"#);
    let (response, body) = call(request("Service.Unserved", "{}")).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(
        body.starts_with(
            r#"{"__type":"Invalid","message":"1 validation error detected: Value null at 'name'"#
        )
    );
}

#[tokio::test]
async fn type_error_is_answered_with_serialization_exception() {
    let (response, body) = call(request("Service.Greet", r#"{"Name":5}"#)).await;
    assert_eq!(
        body,
        r#"{"__type":"SerializationException","Message":"NUMBER_VALUE can not be converted to a String"}"#
    );
    assert_eq!(header(&response, "x-amzn-errortype"), Some("SerializationException:"));
    assert_eq!(call(request("Service.Greet", "")).await.1, r#"{"__type":"SerializationException"}"#);
}

#[tokio::test]
async fn body_larger_than_limit_is_refused_plain_or_compressed() {
    let large = format!("{{\"Name\":\"you\",\"Unknown\":\"{}\"}}", "x".repeat(300));
    let compressed = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        let mut request = request("Service.Greet", encoder.finish().unwrap());
        request.headers_mut().insert("content-encoding", http::HeaderValue::from_static("custom, gzip"));
        request
    };
    for request in [request("Service.Greet", large.clone()), compressed(&large)] {
        let (response, body) = call(request).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(body.contains("larger than 200 bytes"), "{body}");
    }
    assert_eq!(call(compressed(r#"{"Name":"you"}"#)).await.1, r#"{"Greeting":"Hello you"}"#);
}

#[test]
fn build_without_handlers_returns_missing_operations() {
    let routes = Routes::<Operation, Full<Bytes>, _, _, _>::new(Config::new());
    let missing = routes.build().unwrap_err();
    assert_eq!(missing.names(), ["Greet", "Unserved"]);
    assert!(missing.to_string().contains("Greet, Unserved"), "{missing}");
}

/// One end of a connection that records the length of each write.
struct RecordingStream {
    stream: tokio::io::DuplexStream,
    writes: Arc<Mutex<Vec<usize>>>,
}

impl tokio::io::AsyncRead for RecordingStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl tokio::io::AsyncWrite for RecordingStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.lock().unwrap().push(bytes.len());
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The AWS SDK for Go fails calls whose response head and body arrive in separate packets.
#[tokio::test]
async fn response_head_and_body_are_sent_in_one_write() -> Result<(), Infallible> {
    let (mut client, stream) = tokio::io::duplex(4096);
    let writes = Arc::new(Mutex::new(Vec::new()));
    let io = TokioIo::new(RecordingStream { stream, writes: Arc::clone(&writes) });
    let server = hyper::server::conn::http1::Builder::new()
        .serve_connection(io, TowerToHyperService::new(service::<hyper::body::Incoming>()));
    let request = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-amz-target: Service.Greet\r\ncontent-length: 14\r\n\r\n{\"Name\":\"you\"}";
    let mut text = String::new();
    tokio::io::AsyncWriteExt::write_all(&mut client, request.as_bytes()).await.unwrap();
    let (served, read) =
        tokio::join!(server, tokio::io::AsyncReadExt::read_to_string(&mut client, &mut text));
    served.unwrap();
    read.unwrap();
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("{\"Greeting\":\"Hello you\"}"), "{text}");
    assert_eq!(*writes.lock().unwrap(), [text.len()]);
    Ok(())
}
