//! Reads a request's body once and whole, within three limits: its size, its time, and the memory of all bodies.
//!
//! A body whose Content-Length is too large is refused before a byte of it is read. The first bytes of each body are
//! free, so that ordinary requests are served while large ones use the budget up.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use lido_runtime::{Bytes, Operation as _, response::front_end_error};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::closing;
use crate::{operations::Operation, surface::HttpResponse};

/// The bytes of a body that are not counted in the budget. Times the connections, it bounds the memory beyond it.
const FREE: usize = 16 * 1024;

/// The memory for the rest of all bodies, in KiB.
const BUDGET_KIB: usize = 32 * 1024;

/// How long reading a body may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// How much of a refused body is read and discarded, and for how long, so that a client that is still sending reads the
/// response instead of a reset.
const DISCARD: (u64, Duration) = (128 * 1024 * 1024, Duration::from_secs(10));

/// A body as it arrives: hyper's, or one of a test.
pub(super) trait BodyStream: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static {}

impl<B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static> BodyStream for B {}

/// The memory that all bodies may use.
#[derive(Debug)]
pub(super) struct BodyBudget(Arc<Semaphore>);

impl Default for BodyBudget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET_KIB)))
    }
}

/// A body that was read, and its share of the budget.
#[derive(Debug)]
pub(super) struct BufferedBody {
    pub(super) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    /// The budget is used up.
    Busy,
    /// The connection failed or its framing is malformed. The client may not read the response.
    Broken,
}

/// Reads the body.
pub(super) async fn read<B: BodyStream>(
    headers: &HeaderMap,
    body: B,
    budget: &BodyBudget,
    deadline: Duration,
) -> Result<BufferedBody, BodyError> {
    let limit = Operation::settings().body_limit;
    let said = body.size_hint().lower();
    if said > limit as u64 {
        // A client that expects `100 Continue` does not get it, and so does not send the body.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(discard(body));
        }
        return Err(BodyError::TooLarge);
    }
    let mut reading = Reading { body, limit, first: Bytes::new(), rest: Vec::new(), share: None };
    match timeout(deadline, reading.all(budget)).await {
        Ok(Ok(())) => Ok(reading.into_buffered()),
        Ok(Err(fault)) => {
            if fault != BodyError::Broken {
                tokio::spawn(discard(reading.body));
            }
            Err(fault)
        }
        Err(_) => Err(BodyError::TooSlow),
    }
}

struct Reading<B> {
    body: B,
    limit: usize,
    /// The common body arrives in one piece, which is not copied.
    first: Bytes,
    rest: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl<B: BodyStream> Reading<B> {
    async fn all(&mut self, budget: &BodyBudget) -> Result<(), BodyError> {
        while let Some(frame) = self.body.frame().await {
            let Ok(chunk) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
            let length = self.first.len() + self.rest.len() + chunk.len();
            if length > self.limit {
                return Err(BodyError::TooLarge);
            }
            self.claim(length, budget)?;
            if self.first.is_empty() && self.rest.is_empty() {
                self.first = chunk;
            } else {
                if self.rest.is_empty() {
                    self.rest.extend_from_slice(&std::mem::take(&mut self.first));
                }
                self.rest.extend_from_slice(&chunk);
            }
        }
        Ok(())
    }

    fn claim(&mut self, length: usize, budget: &BodyBudget) -> Result<(), BodyError> {
        let wanted = length.saturating_sub(FREE).div_ceil(1024);
        let held = self.share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = u32::try_from(wanted.saturating_sub(held)).ok().filter(|more| *more > 0) else {
            return Ok(());
        };
        let more = Arc::clone(&budget.0).try_acquire_many_owned(more).map_err(|_| BodyError::Busy)?;
        match &mut self.share {
            Some(share) => share.merge(more),
            None => self.share = Some(more),
        }
        Ok(())
    }

    fn into_buffered(self) -> BufferedBody {
        let bytes = if self.rest.is_empty() { self.first } else { Bytes::from(self.rest) };
        BufferedBody { bytes, _share: self.share }
    }
}

async fn discard(mut body: impl BodyStream) {
    let (most, time) = DISCARD;
    let discarding = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, |data| data.len() as u64);
            if read > most {
                break;
            }
        }
    };
    // The connection is closed in any case.
    let _ = timeout(time, discarding).await;
}

impl BodyError {
    /// Returns the response that tells the client. *Chosen*: the service's own is not known.
    pub(super) fn into_response(self) -> HttpResponse {
        let limit = Operation::settings().body_limit;
        let (status, name, text) = match self {
            BodyError::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                format!("The request body is larger than {limit} bytes."),
            ),
            BodyError::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeoutException",
                format!("The request body did not arrive within {} seconds.", DEADLINE.as_secs()),
            ),
            // SDKs know the name and try again.
            BodyError::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "Too many large requests are under way.".to_owned(),
            ),
            BodyError::Broken => (
                StatusCode::BAD_REQUEST,
                "SerializationException",
                "The request body could not be read.".to_owned(),
            ),
        };
        closing(front_end_error(Operation::settings(), status, name, Some(&text)))
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
