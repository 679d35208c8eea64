use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use lido_runtime::{
    http::{HeaderMap, Request, StatusCode},
    server::body::{BoxBody, HttpBody as _, from_bytes},
};
use lido_runtime::tower::Service as _;

use crate::router::{CONTENT_TYPE, ERROR, TARGET, TestRouter};

/// The outcome of a request.
pub(crate) enum Outcome {
    /// The operation's handler was called.
    Handled,
    Answered {
        status: StatusCode,
        headers: HeaderMap,
        body: String,
    },
    /// The request could not be built.
    Unsent(String),
}

/// Sends `body` to `operation`. Handlers never complete, so a pending response means that the handler was called.
pub(crate) fn send(router: &mut TestRouter, operation: &str, body: String) -> Outcome {
    let request = Request::post("/")
        .header("content-type", CONTENT_TYPE)
        .header("x-amz-target", format!("{TARGET}{operation}"))
        .body(from_bytes(body.into()));
    let request = match request {
        Ok(request) => request,
        Err(error) => return Outcome::Unsent(error.to_string()),
    };
    let mut context = Context::from_waker(Waker::noop());
    let response = pin!(router.call(request));
    match response.poll(&mut context) {
        Poll::Pending => Outcome::Handled,
        Poll::Ready(Ok(response)) => {
            let (head, body) = response.into_parts();
            Outcome::Answered { status: head.status, headers: head.headers, body: text(body) }
        }
        Poll::Ready(Err(never)) => match never {},
    }
}

fn text(mut body: BoxBody) -> String {
    let mut context = Context::from_waker(Waker::noop());
    let mut bytes = Vec::new();
    while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut context) {
        bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Outcome {
    /// Checks that the input was accepted: its handler was called, or the response says that there is none.
    ///
    /// # Errors
    /// Returns a description of the outcome otherwise.
    pub(crate) fn passed(&self, operation: &str) -> Result<(), String> {
        let Self::Answered { status, body, .. } = self else {
            return if matches!(self, Self::Handled) { Ok(()) } else { Err(self.description()) };
        };
        let unserved =
            format!(r#"{{"__type":"NotImplementedException","message":"{operation} is not served"}}"#);
        if *status == StatusCode::NOT_IMPLEMENTED && *body == unserved { Ok(()) } else { Err(self.description()) }
    }

    /// Checks that the input was refused with exactly this message.
    ///
    /// # Errors
    /// Returns a description of the outcome otherwise.
    pub(crate) fn refused(&self, message: &str) -> Result<(), String> {
        let (type_name, name, member, members) = ERROR;
        let Self::Answered { status, headers, body } = self else { return Err(self.description()) };
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_short = message.len() <= 1024 && message.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let read: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let is_exact = *status == StatusCode::BAD_REQUEST
            && header("x-amzn-errortype") == Some(&format!("{name}:"))
            && header("x-amzn-errormessage") == is_short.then_some(message)
            && header("content-type") == Some(CONTENT_TYPE)
            && body.starts_with(&format!(r#"{{"__type":"{type_name}","{member}":"#))
            && read.as_object().is_some_and(|read| read.len() == members)
            && read.get(member).and_then(serde_json::Value::as_str) == Some(message);
        if is_exact { Ok(()) } else { Err(self.description()) }
    }

    fn description(&self) -> String {
        match self {
            Self::Handled => "the handler was called".to_owned(),
            Self::Answered { status, headers, body } => format!("{status} {headers:?} {body}"),
            Self::Unsent(error) => format!("the request could not be built: {error}"),
        }
    }
}
