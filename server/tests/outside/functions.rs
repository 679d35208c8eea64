//! A fake of AWS Lambda on the loopback address. It serves Invoke as documented; a test sets the behavior of each function.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
};

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use lido::{
    clock::Clock,
    triggers::lambda::{Lambda, credentials::LambdaCredentials},
};
use serde_json::Value;
use tokio::net::TcpListener;

/// A future that gives the response of a function.
type EventFuture = Pin<Box<dyn Future<Output = Value> + Send>>;

/// The behavior of a function.
#[derive(Clone)]
pub(crate) enum Behavior {
    /// Returns the event, changed.
    Answer(fn(&mut Value)),
    /// Returns the result of a function of the event, which may call the server.
    Run(Arc<dyn Fn(Value) -> EventFuture + Send + Sync>),
    /// Returns this body instead of the event.
    Body(&'static str),
    /// Throws; this is the error of the runtime.
    Throw(&'static str),
    /// Is not called, since Invoke fails with this status and error type.
    Refuse(u16, &'static str),
    /// Returns the event, and accepts the invocation type `RequestResponse` only, as SAM local does.
    SynchronousOnly,
    /// Never returns.
    Hang,
}

/// A received Invoke request.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    /// The path and the query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) event: Value,
}

/// The server. A function without a behavior does not exist.
#[derive(Clone)]
pub(crate) struct Functions {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    behaviors: Mutex<HashMap<String, Behavior>>,
    invoked: Mutex<Vec<Invocation>>,
}

/// Returns the ARN of a function.
pub(crate) fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{function}")
}

/// Returns the behavior of a function that returns the result of `run`.
pub(crate) fn run<F>(run: impl Fn(Value) -> F + Send + Sync + 'static) -> Behavior
where
    F: Future<Output = Value> + Send + 'static,
{
    Behavior::Run(Arc::new(move |event| Box::pin(run(event))))
}

/// Returns the behavior of a function that returns its event unchanged.
pub(crate) fn echo() -> Behavior {
    Behavior::Answer(|_| ())
}

impl Functions {
    /// Starts the server on a free port.
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                let answer = service_fn(move |request| answer(Arc::clone(&state), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        Self { address, state }
    }

    /// Sets the behavior of a function.
    pub(crate) fn when(&self, function: &str, behavior: Behavior) {
        self.state.behaviors.lock().expect("not poisoned").insert(function.to_owned(), behavior);
    }

    /// Returns a Lambda client for this server.
    pub(crate) fn lambda(&self, credentials: Option<LambdaCredentials>, clock: Clock) -> Lambda {
        let endpoint = self.endpoint().parse().expect("an endpoint");
        Lambda::new(endpoint, credentials, clock).expect("a client")
    }

    /// Returns the URL of the server.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns every invocation, the oldest first.
    pub(crate) fn invoked(&self) -> Vec<Invocation> {
        self.state.invoked.lock().expect("not poisoned").clone()
    }

    /// Returns the events with this trigger source, the oldest first.
    pub(crate) fn events(&self, source: &str) -> Vec<Value> {
        let events = self.invoked().into_iter().map(|invoked| invoked.event);
        events.filter(|event| event["triggerSource"] == source).collect()
    }
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = head.uri.to_string();
    let invocation_type =
        head.headers.get("x-amz-invocation-type").and_then(|value| value.to_str().ok().map(str::to_owned));
    let invoked = Invocation { path, headers: head.headers, body: body.clone(), event: event.clone() };
    state.invoked.lock().expect("not poisoned").push(invoked);

    let name = head.uri.path().strip_prefix("/2015-03-31/functions/");
    let name = name.and_then(|rest| rest.strip_suffix("/invocations")).unwrap_or_default();
    let behavior = state.behaviors.lock().expect("not poisoned").get(name).cloned();
    let is_event = invocation_type.as_deref() == Some("Event");
    Ok(match behavior {
        None => refused(404, "ResourceNotFoundException"),
        Some(Behavior::Refuse(status, code)) => refused(status, code),
        Some(Behavior::SynchronousOnly) if is_event => refused(501, "NotImplemented"),
        Some(Behavior::Hang) => std::future::pending().await,
        Some(_) if is_event => response(202, Bytes::new()),
        Some(Behavior::SynchronousOnly) => response(200, body),
        Some(Behavior::Body(body)) => response(200, Bytes::from(body)),
        Some(Behavior::Answer(change)) => {
            let mut event = event;
            change(&mut event);
            response(200, Bytes::from(event.to_string()))
        }
        Some(Behavior::Run(run)) => {
            let event = run(event).await;
            response(200, Bytes::from(event.to_string()))
        }
        Some(Behavior::Throw(error)) => {
            let mut thrown = response(200, Bytes::from(error));
            thrown.headers_mut().insert("x-amz-function-error", "Unhandled".parse().expect("a value"));
            thrown
        }
    })
}

fn response(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response
}

fn refused(status: u16, code: &str) -> Response<Full<Bytes>> {
    let mut refused = response(status, Bytes::from(r#"{"Message":"no","Type":"User"}"#));
    refused.headers_mut().insert("x-amzn-errortype", code.parse().expect("a value"));
    refused
}
