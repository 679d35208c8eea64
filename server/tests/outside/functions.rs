//! Functions on loopback: a server that speaks Lambda's Invoke as it is documented, and whose functions do with their
//! events what a test says.

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

/// What a function does.
#[derive(Clone)]
pub(crate) enum Does {
    /// Gives the event back with this done to it.
    Answer(fn(&mut Value)),
    /// Gives back what this makes of the event; it may call the server meanwhile.
    Run(Arc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Value> + Send>> + Send + Sync>),
    /// Gives this back in place of the event.
    Body(&'static str),
    /// Throws; the runtime says this.
    Throw(&'static str),
    /// Is not called: Invoke refuses with this status and error type.
    Refuse(u16, &'static str),
    /// Is only called in the manner `RequestResponse`, as by SAM local, and then gives the event back.
    WaitedFor,
    /// Never ends.
    Hang,
}

/// One Invoke that came in.
#[derive(Clone, Debug)]
pub(crate) struct Invoked {
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) event: Value,
}

/// The server. Functions that were not told what to do do not exist.
#[derive(Clone)]
pub(crate) struct Functions {
    address: SocketAddr,
    inside: Arc<Inside>,
}

#[derive(Default)]
struct Inside {
    does: Mutex<HashMap<String, Does>>,
    invoked: Mutex<Vec<Invoked>>,
}

/// The ARN of a function.
pub(crate) fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{function}")
}

/// A function that gives back what `run` makes of its event.
pub(crate) fn run<F>(run: impl Fn(Value) -> F + Send + Sync + 'static) -> Does
where
    F: Future<Output = Value> + Send + 'static,
{
    Does::Run(Arc::new(move |event| Box::pin(run(event))))
}

/// A function that gives its event back as it came.
pub(crate) fn echo() -> Does {
    Does::Answer(|_| ())
}

impl Functions {
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside::default());
        let shared = Arc::clone(&inside);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inside = Arc::clone(&shared);
                let answer = service_fn(move |request| answer(Arc::clone(&inside), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        Self { address, inside }
    }

    /// From now on, the function does this.
    pub(crate) fn when(&self, function: &str, does: Does) {
        self.inside.does.lock().expect("not poisoned").insert(function.to_owned(), does);
    }

    /// What calls them.
    pub(crate) fn lambda(&self, credentials: Option<LambdaCredentials>, clock: Clock) -> Lambda {
        let endpoint = self.endpoint().parse().expect("an endpoint");
        Lambda::new(endpoint, credentials, clock).expect("a client")
    }

    /// Where they are called.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every Invoke, the oldest first.
    pub(crate) fn invoked(&self) -> Vec<Invoked> {
        self.inside.invoked.lock().expect("not poisoned").clone()
    }

    /// The events with this trigger source, the oldest first.
    pub(crate) fn events(&self, source: &str) -> Vec<Value> {
        let events = self.invoked().into_iter().map(|invoked| invoked.event);
        events.filter(|event| event["triggerSource"] == source).collect()
    }
}

async fn answer(
    inside: Arc<Inside>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = head.uri.to_string();
    let manner =
        head.headers.get("x-amz-invocation-type").and_then(|value| value.to_str().ok().map(str::to_owned));
    let invoked = Invoked { path, headers: head.headers, body: body.clone(), event: event.clone() };
    inside.invoked.lock().expect("not poisoned").push(invoked);

    let name = head.uri.path().strip_prefix("/2015-03-31/functions/");
    let name = name.and_then(|rest| rest.strip_suffix("/invocations")).unwrap_or_default();
    let does = inside.does.lock().expect("not poisoned").get(name).cloned();
    let is_left = manner.as_deref() == Some("Event");
    Ok(match does {
        None => refused(404, "ResourceNotFoundException"),
        Some(Does::Refuse(status, code)) => refused(status, code),
        Some(Does::WaitedFor) if is_left => refused(501, "NotImplemented"),
        Some(Does::Hang) => std::future::pending().await,
        Some(_) if is_left => response(202, Bytes::new()),
        Some(Does::WaitedFor) => response(200, body),
        Some(Does::Body(body)) => response(200, Bytes::from(body)),
        Some(Does::Answer(change)) => {
            let mut event = event;
            change(&mut event);
            response(200, Bytes::from(event.to_string()))
        }
        Some(Does::Run(run)) => {
            let event = run(event).await;
            response(200, Bytes::from(event.to_string()))
        }
        Some(Does::Throw(error)) => {
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
