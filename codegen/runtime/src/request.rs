//! From an HTTP request to an operation's input.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aws_smithy_http_server::body::BoxBody;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, StatusCode, header::CONTENT_ENCODING};
use http_body::Body;

use crate::{
    ReadJson, Settings, Stop, answer, gzip,
    read::{Refused, from_json},
};

/// An operation's input.
pub trait OperationInput: ReadJson + Send {
    /// The settings of the service.
    fn settings() -> &'static Settings;

    /// Whether an empty body stands for an input without members: the operation takes none.
    const MAY_BE_EMPTY: bool = false;

    /// Whether the model lets clients compress the body with gzip.
    const MAY_BE_GZIPPED: bool = false;

    /// The input that `body` tells.
    ///
    /// # Errors
    /// The body cannot be read, or violates constraints.
    fn from_body(headers: &HeaderMap, body: &Bytes) -> Result<Self, Rejection> {
        let settings = Self::settings();
        let plain = if Self::MAY_BE_GZIPPED && is_gzipped(headers) {
            &gzip::decompress(body, settings.body_limit).map_err(|why| Rejection { settings, why })?
        } else {
            body
        };
        let text: &[u8] = if Self::MAY_BE_EMPTY && plain.is_empty() { b"{}" } else { plain };
        from_json(text).map_err(|refused| Rejection { settings, why: Why::Refused(refused) })
    }
}

/// Reads and checks an input, and keeps nothing of what was read.
///
/// # Errors
/// The body cannot be read, or violates constraints.
pub fn check_input<T: OperationInput>(headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection> {
    T::from_body(headers, body).map(drop)
}

/// Whether gzip was the last encoding that was applied.
fn is_gzipped(headers: &HeaderMap) -> bool {
    let last = headers.get_all(CONTENT_ENCODING).iter().next_back();
    let last = last.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.is_some_and(|encoding| encoding.trim().eq_ignore_ascii_case("gzip"))
}

/// A request that gives no input.
#[derive(Debug)]
pub struct Rejection {
    pub(crate) settings: &'static Settings,
    pub(crate) why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    Refused(Refused),
    TooLarge,
    /// The connection failed: nobody reads the answer.
    Interrupted,
}

impl Rejection {
    /// The answer to the client.
    pub fn into_answer(self) -> Response<BoxBody> {
        match self.why {
            Why::Refused(refused) => answer::refused(self.settings, &refused),
            // *Chosen*: the only status that tells a client what to change.
            Why::TooLarge => answer::front_end_error(
                self.settings,
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                Some(&format!("The request body is larger than {} bytes.", self.settings.body_limit)),
            ),
            Why::Interrupted => answer::refused(self.settings, &Refused::Unreadable(Stop::MALFORMED)),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Refused(Refused::Unreadable(stop)) => {
                f.write_str(stop.message().unwrap_or("the body is malformed"))
            }
            // The values that are wrong stay out of logs.
            Why::Refused(Refused::Invalid(violations)) => {
                write!(f, "{} constraints violated", violations.len())
            }
            Why::TooLarge => f.write_str("the body is too large"),
            Why::Interrupted => f.write_str("the body was cut off"),
        }
    }
}

/// The bytes of a body as they come in. One chunk, the common case, is not copied.
#[derive(Debug)]
pub(crate) struct BodyBytes<B> {
    body: B,
    first: Bytes,
    rest: BytesMut,
}

impl<B: Body<Data = Bytes> + Unpin> BodyBytes<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { body, first: Bytes::new(), rest: BytesMut::new() }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, limit: usize) -> Poll<Result<Bytes, Why>> {
        while let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            let Ok(frame) = frame else { return Poll::Ready(Err(Why::Interrupted)) };
            let Ok(chunk) = frame.into_data() else { continue };
            if self.first.len() + self.rest.len() + chunk.len() > limit {
                return Poll::Ready(Err(Why::TooLarge));
            }
            if self.first.is_empty() {
                self.first = chunk;
            } else {
                self.rest.extend_from_slice(&chunk);
            }
        }
        let first = std::mem::take(&mut self.first);
        if self.rest.is_empty() {
            return Poll::Ready(Ok(first));
        }
        let mut whole = BytesMut::with_capacity(first.len() + self.rest.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&self.rest);
        Poll::Ready(Ok(whole.freeze()))
    }
}
