//! Reads an operation's input from an HTTP request, and describes why a request is rejected.

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
    ReadJson, SerializationError, Settings, Violations, gzip,
    read::{ReadError, from_json},
    response,
};

/// The input of an operation. Implemented by generated code.
pub trait OperationInput: ReadJson + Send {
    /// Returns the settings of the service.
    fn settings() -> &'static Settings;

    /// Whether an empty body is accepted as an input without members. True for operations without an input.
    const MAY_BE_EMPTY: bool = false;

    /// Whether clients may compress the body with gzip.
    const MAY_BE_GZIPPED: bool = false;

    /// Reads the input from `body`.
    ///
    /// # Errors
    /// Returns a rejection if the body cannot be read or violates constraints.
    fn from_body(headers: &HeaderMap, body: &Bytes) -> Result<Self, Rejection> {
        let settings = Self::settings();
        let plain = if Self::MAY_BE_GZIPPED && is_gzipped(headers) {
            &gzip::decompress(body, settings.body_limit).map_err(|reason| Rejection { settings, reason })?
        } else {
            body
        };
        let text: &[u8] = if Self::MAY_BE_EMPTY && plain.is_empty() { b"{}" } else { plain };
        from_json(text, settings.style)
            .map_err(|error| Rejection { settings, reason: RejectionReason::Read(error) })
    }
}

/// Reads and checks an input, and discards it.
///
/// # Errors
/// Returns a rejection if the body cannot be read or violates constraints.
pub fn check_input<T: OperationInput>(headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection> {
    T::from_body(headers, body).map(drop)
}

/// Returns whether gzip is the encoding that was applied last.
fn is_gzipped(headers: &HeaderMap) -> bool {
    let last = headers.get_all(CONTENT_ENCODING).iter().next_back();
    let last = last.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.is_some_and(|encoding| encoding.trim().eq_ignore_ascii_case("gzip"))
}

/// Why no input could be read from a request.
#[derive(Debug)]
pub struct Rejection {
    pub(crate) settings: &'static Settings,
    pub(crate) reason: RejectionReason,
}

#[derive(Debug)]
pub(crate) enum RejectionReason {
    Read(ReadError),
    TooLarge,
    /// The connection failed, so that the client will not receive the response.
    Interrupted,
}

impl Rejection {
    /// Returns the violated constraints, if these are the reason.
    pub fn violations(&self) -> Option<&Violations> {
        match &self.reason {
            RejectionReason::Read(ReadError::Constraints(violations)) => Some(violations),
            _ => None,
        }
    }

    /// Returns the response to the client.
    pub fn into_response(self) -> Response<BoxBody> {
        match self.reason {
            RejectionReason::Read(error) => response::read_error(self.settings, &error),
            // *Chosen*: 413 is the only status from which a client learns what to change.
            RejectionReason::TooLarge => response::front_end_error(
                self.settings,
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                Some(&format!("The request body is larger than {} bytes.", self.settings.body_limit)),
            ),
            RejectionReason::Interrupted => {
                response::read_error(self.settings, &ReadError::Serialization(SerializationError::MALFORMED))
            }
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            RejectionReason::Read(ReadError::Serialization(error)) => {
                f.write_str(error.message().unwrap_or("the body is malformed"))
            }
            // Values that violate a constraint are kept out of logs.
            RejectionReason::Read(ReadError::Constraints(violations)) => {
                write!(f, "{} constraints violated", violations.len())
            }
            RejectionReason::TooLarge => f.write_str("the body is too large"),
            RejectionReason::Interrupted => f.write_str("the connection failed before the body was complete"),
        }
    }
}

/// Collects the bytes of a body. A body of one chunk, the common case, is not copied.
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

    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        limit: usize,
    ) -> Poll<Result<Bytes, RejectionReason>> {
        while let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            let Ok(frame) = frame else { return Poll::Ready(Err(RejectionReason::Interrupted)) };
            let Ok(chunk) = frame.into_data() else { continue };
            if self.first.len() + self.rest.len() + chunk.len() > limit {
                return Poll::Ready(Err(RejectionReason::TooLarge));
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
