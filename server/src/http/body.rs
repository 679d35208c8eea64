//! A body, read once and whole, within three limits: its size, the time it may take, and what all bodies under way
//! may take up together.
//!
//! A body that says that it is too large is refused before a byte of it is read. The first bytes of each body are
//! free, so that ordinary requests go on while somebody fills the budget with large ones.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use lido_runtime::{Bytes, Operation as _, answer::front_end_error};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{Answer, closing};
use crate::operations::Operation;

/// What a body may hold without asking the budget. Times the connections, it bounds what the budget does not see.
const FREE: usize = 16 * 1024;

/// What the rest of all bodies may hold together, in KiB.
const BUDGET_KIB: usize = 32 * 1024;

/// How long a body may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// How much of a refused body is read and forgotten, and for how long, so that a client that is still sending gets
/// to read the answer instead of a reset.
const LINGER: (u64, Duration) = (128 * 1024 * 1024, Duration::from_secs(10));

/// Where a body comes from: hyper, or a test.
pub(super) trait Source: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static {}

impl<B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static> Source for B {}

/// What bodies may hold together.
#[derive(Debug)]
pub(super) struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET_KIB)))
    }
}

/// A body that was read, and its share of the budget.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// Why there is no body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    TooLarge,
    TooSlow,
    /// The budget is spent.
    Busy,
    /// The connection failed or its framing makes no sense: perhaps nobody reads the answer.
    Broken,
}

/// Reads the body.
pub(super) async fn read<B: Source>(
    headers: &HeaderMap,
    body: B,
    budget: &Budget,
    deadline: Duration,
) -> Result<Held, Fault> {
    let limit = Operation::settings().body_limit;
    let said = body.size_hint().lower();
    if said > limit as u64 {
        // Whoever waits to be told to go on is not told to.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(linger(body));
        }
        return Err(Fault::TooLarge);
    }
    let mut reading = Reading { body, limit, first: Bytes::new(), rest: Vec::new(), share: None };
    match timeout(deadline, reading.all(budget)).await {
        Ok(Ok(())) => Ok(reading.into_held()),
        Ok(Err(fault)) => {
            if fault != Fault::Broken {
                tokio::spawn(linger(reading.body));
            }
            Err(fault)
        }
        Err(_) => Err(Fault::TooSlow),
    }
}

struct Reading<B> {
    body: B,
    limit: usize,
    /// The common body comes in one piece, which is not copied.
    first: Bytes,
    rest: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl<B: Source> Reading<B> {
    async fn all(&mut self, budget: &Budget) -> Result<(), Fault> {
        while let Some(frame) = self.body.frame().await {
            let Ok(chunk) = frame.map_err(|_| Fault::Broken)?.into_data() else { continue };
            let length = self.first.len() + self.rest.len() + chunk.len();
            if length > self.limit {
                return Err(Fault::TooLarge);
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

    fn claim(&mut self, length: usize, budget: &Budget) -> Result<(), Fault> {
        let wanted = length.saturating_sub(FREE).div_ceil(1024);
        let held = self.share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = u32::try_from(wanted.saturating_sub(held)).ok().filter(|more| *more > 0) else {
            return Ok(());
        };
        let more = Arc::clone(&budget.0).try_acquire_many_owned(more).map_err(|_| Fault::Busy)?;
        match &mut self.share {
            Some(share) => share.merge(more),
            None => self.share = Some(more),
        }
        Ok(())
    }

    fn into_held(self) -> Held {
        let bytes = if self.rest.is_empty() { self.first } else { Bytes::from(self.rest) };
        Held { bytes, _share: self.share }
    }
}

async fn linger(mut body: impl Source) {
    let (most, time) = LINGER;
    let forget = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, |data| data.len() as u64);
            if read > most {
                break;
            }
        }
    };
    // Whether it came to an end or not, the connection ends with it.
    let _ = timeout(time, forget).await;
}

impl Fault {
    /// What the client reads. *Chosen*: nothing is known of what the service answers.
    pub(super) fn into_answer(self) -> Answer {
        let limit = Operation::settings().body_limit;
        let (status, name, text) = match self {
            Fault::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLargeException",
                format!("The request body is larger than {limit} bytes."),
            ),
            Fault::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeoutException",
                format!("The request body did not arrive within {} seconds.", DEADLINE.as_secs()),
            ),
            // SDKs know the name and try again.
            Fault::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "Too many large requests are under way.".to_owned(),
            ),
            Fault::Broken => (
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
