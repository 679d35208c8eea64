//! Requests over HTTP: which operation, which status, which headers, in how many writes.

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
    ApiError, Auth, Blame, Config, ErrorInfo, ErrorKind, FromApiError, Object, OperationInput as _, ReadJson,
    Reader, Rejection, Router, Routes, Settings, Slot, Style, ValidationError, Version, WriteJson,
    WriteMembers, Writer, modeled_error, operation, operation_error, read::Read, server::body::BoxBody,
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
    Silent,
}

impl lido_runtime::Operation for Operation {
    const ALL: &'static [Self] = &[Self::Greet, Self::Silent];
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
            Self::Silent => "Silent",
        }
    }

    fn auth(self) -> Auth {
        Auth::None
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
    /// Greets.
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

impl ReadJson for GreetInput {
    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
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
pub struct Rude {
    message: Option<String>,
}

impl WriteMembers for Rude {
    fn write_members(&self, object: &mut Object<'_>) {
        object.optional("message", &self.message);
    }
}

modeled_error!(
    Rude,
    ErrorInfo::new("test#Rude", Blame::Client),
    |error| error.message.as_deref(),
    |message| Ok(Rude { message: Some(message) })
);

/// The errors of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Rude`]
    Rude,
    /// One that no operation declares.
    Tired,
}

impl ErrorKind for Kind {
    const ALL: &'static [Self] = &[Self::Rude, Self::Tired];

    fn name(self) -> &'static str {
        match self {
            Self::Rude => "Rude",
            Self::Tired => "Tired",
        }
    }
}

operation_error! {
    /// What goes wrong.
    pub enum GreetError of Kind {
        /// [`Rude`]
        Rude(Rude),
    }
}

#[test]
fn api_error_becomes_the_error_of_an_operation_that_declares_it() {
    assert_eq!(GreetError::DECLARED, [Kind::Rude]);
    let error = GreetError::from_api_error(ApiError::new(Kind::Rude, "Say please.")).unwrap();
    assert_eq!(error.to_string(), "Rude: Say please.");
    let undeclared = ApiError::new(Kind::Tired, "Ask tomorrow.");
    assert_eq!(GreetError::from_api_error(undeclared.clone()).unwrap_err(), undeclared);
}

async fn greet(input: GreetInput) -> Result<GreetOutput, GreetError> {
    match input.name.as_str() {
        "rude" => Err(Rude { message: Some("Say please.".into()) }.into()),
        "wide" => Err(Rude { message: Some("Sag bitte schön.".into()) }.into()),
        "long" => Err(Rude { message: Some("x".repeat(1025)) }.into()),
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
    let answer = service().ready().await.unwrap().call(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body: BoxBody = body;
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(head, ()), String::from_utf8(body.to_vec()).unwrap())
}

fn header<'r>(answer: &'r Response<()>, name: &str) -> Option<&'r str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn an_output_is_answered() {
    let (answer, body) = call(request("Service.Greet", r#"{"Name":"you"}"#)).await;
    assert_eq!((answer.status(), body.as_str()), (StatusCode::OK, r#"{"Greeting":"Hello you"}"#));
    assert_eq!(header(&answer, "content-type"), Some("application/x-amz-json-1.1"));
}

#[tokio::test]
async fn an_error_is_told_in_body_and_head() {
    let (answer, body) = call(request("Service.Greet", r#"{"Name":"rude"}"#)).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body, r#"{"__type":"Rude","message":"Say please."}"#);
    assert_eq!(header(&answer, "x-amzn-errortype"), Some("Rude:"));
    assert_eq!(header(&answer, "x-amzn-errormessage"), Some("Say please."));
}

#[tokio::test]
async fn a_text_that_fits_no_header_stays_in_the_body() {
    for name in ["wide", "long"] {
        let (answer, _) = call(request("Service.Greet", format!("{{\"Name\":\"{name}\"}}"))).await;
        assert_eq!(header(&answer, "x-amzn-errormessage"), None);
        assert_eq!(header(&answer, "x-amzn-errortype"), Some("Rude:"));
    }
}

#[tokio::test]
async fn what_names_no_operation_is_unknown() {
    for target in ["Service.Gree", "service.Greet", "Service.greet", "Greet", "Other.Greet", "Service.", ""] {
        let (answer, body) = call(request(target, r#"{"Name":"you"}"#)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{target}");
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
async fn an_operation_without_handler_checks_its_input_all_the_same() {
    let (answer, body) = call(request("Service.Silent", r#"{"Name":"you"}"#)).await;
    assert_eq!(answer.status(), StatusCode::NOT_IMPLEMENTED);
    assert_eq!(body, r#"{"__type":"NotImplementedException","message":"Silent is not served"}"#);
    let (answer, body) = call(request("Service.Silent", "{}")).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(
        body.starts_with(
            r#"{"__type":"Invalid","message":"1 validation error detected: Value null at 'name'"#
        )
    );
}

#[tokio::test]
async fn a_type_error_is_told_under_its_own_name() {
    let (answer, body) = call(request("Service.Greet", r#"{"Name":5}"#)).await;
    assert_eq!(
        body,
        r#"{"__type":"SerializationException","Message":"NUMBER_VALUE can not be converted to a String"}"#
    );
    assert_eq!(header(&answer, "x-amzn-errortype"), Some("SerializationException:"));
    assert_eq!(call(request("Service.Greet", "")).await.1, r#"{"__type":"SerializationException"}"#);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_packed_or_not() {
    let large = format!("{{\"Name\":\"you\",\"Unknown\":\"{}\"}}", "x".repeat(300));
    let packed = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::Write::write_all(&mut packer, text.as_bytes()).unwrap();
        let mut request = request("Service.Greet", packer.finish().unwrap());
        request.headers_mut().insert("content-encoding", http::HeaderValue::from_static("custom, gzip"));
        request
    };
    for request in [request("Service.Greet", large.clone()), packed(&large)] {
        let (answer, body) = call(request).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(body.contains("larger than 200 bytes"), "{body}");
    }
    assert_eq!(call(packed(r#"{"Name":"you"}"#)).await.1, r#"{"Greeting":"Hello you"}"#);
}

#[test]
fn what_has_no_handler_is_named_when_it_is_built() {
    let routes = Routes::<Operation, Full<Bytes>, _, _, _>::new(Config::new());
    let missing = routes.build().unwrap_err();
    assert_eq!(missing.names(), ["Greet", "Silent"]);
    assert!(missing.to_string().contains("Greet, Silent"), "{missing}");
}

/// One end of a connection that remembers each write.
struct Watched {
    stream: tokio::io::DuplexStream,
    writes: Arc<Mutex<Vec<usize>>>,
}

impl tokio::io::AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl tokio::io::AsyncWrite for Watched {
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

/// The Go SDK loses calls whose head and body come apart.
#[tokio::test]
async fn head_and_body_leave_in_one_write() -> Result<(), Infallible> {
    let (mut client, stream) = tokio::io::duplex(4096);
    let writes = Arc::new(Mutex::new(Vec::new()));
    let io = TokioIo::new(Watched { stream, writes: Arc::clone(&writes) });
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
