//! Reads the whole body of a request, within three limits: its size, its time, and the memory of all bodies.
//!
//! A body with a too large Content-Length is refused before it is read. The first bytes of each body do not count, so
//! that ordinary requests are served even if large ones use up the memory budget. When it is used up, the bodies that have
//! been arriving longest give way. The bodies of responses have a budget of their own, from when they are made until they
//! are written, so that clients that send cannot keep others from their answers.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use lido_runtime::{
    Bytes, Operation as _,
    response::front_end_error,
    server::body::{BoxBody, boxed},
};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use super::closing;
use crate::{operations::Operation, surface::HttpResponse};

/// The bytes of each body that do not count in the budget. The memory outside the budget is at most this for every
/// connection.
const FREE: usize = 16 * 1024;

/// The memory for the other bytes of all bodies of requests, and as much again for those of responses, in KiB.
const BUDGET_KIB: usize = 32 * 1024;

/// The time that a body may take to arrive before it gives way to another one.
///
/// *Chosen*: an ordinary client has sent 2 MiB by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// The time in which a body that gives way releases its memory.
const RELEASE: Duration = Duration::from_millis(100);

/// The timeout of reading a body.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// The most bytes of a refused body that are read and discarded, so that a client that is still sending can read the
/// response instead of a connection reset.
const DISCARD_LIMIT: u64 = 128 * 1024 * 1024;

/// The timeout of discarding a body.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);

/// A body that arrives in frames: hyper's, or a fake in tests.
pub(super) trait BodyStream: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static {}

impl<B: Body<Data = Bytes, Error: Send> + Send + Unpin + 'static> BodyStream for B {}

/// The memory budgets of all bodies: one of requests and one of responses.
#[derive(Debug)]
pub(super) struct BodyBudget {
    requests: Arc<Semaphore>,
    responses: Arc<Semaphore>,
    /// The bodies that are arriving and hold a share of the budget, the oldest first.
    arriving: Mutex<VecDeque<Arc<Arrival>>>,
}

/// A body that is arriving.
#[derive(Debug)]
struct Arrival {
    since: Instant,
    gives_way: Notify,
}

/// Returns the permits for `size` bytes, apart from those that do not count, beyond a share that is held already.
fn missing(size: usize, share: Option<&OwnedSemaphorePermit>) -> Option<u32> {
    // A body that is larger than the budget has all of it to itself.
    let wanted = size.saturating_sub(FREE).div_ceil(1024).min(BUDGET_KIB);
    let held = share.map_or(0, OwnedSemaphorePermit::num_permits);
    u32::try_from(wanted.saturating_sub(held)).ok().filter(|more| *more > 0)
}

impl BodyBudget {
    /// Takes memory for `size` bytes of a body of a request, beyond the share that it holds already. Others give way if
    /// they have been arriving for too long.
    async fn take(
        &self,
        size: usize,
        share: &mut Option<OwnedSemaphorePermit>,
        arrival: &Arc<Arrival>,
    ) -> Result<(), BodyError> {
        let Some(more) = missing(size, share.as_ref()) else { return Ok(()) };
        let more = loop {
            if let Ok(more) = Arc::clone(&self.requests).try_acquire_many_owned(more) {
                break more;
            }
            if !self.evict_oldest() {
                return Err(BodyError::Busy);
            }
            let released = Arc::clone(&self.requests).acquire_many_owned(more);
            if let Ok(Ok(more)) = timeout(RELEASE, released).await {
                break more;
            }
        };
        match share {
            Some(share) => share.merge(more),
            None => {
                self.arriving().push_back(Arc::clone(arrival));
                *share = Some(more);
            }
        }
        Ok(())
    }

    /// Makes the body give way that has been arriving longest. Returns whether there is one.
    fn evict_oldest(&self) -> bool {
        let mut arriving = self.arriving();
        let oldest = arriving.pop_front_if(|oldest| oldest.since.elapsed() >= PATIENCE);
        oldest.is_some_and(|oldest| {
            oldest.gives_way.notify_one();
            true
        })
    }

    fn arriving(&self) -> MutexGuard<'_, VecDeque<Arc<Arrival>>> {
        // No method leaves it inconsistent.
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a response until its body is written or dropped. Returns another one if the budget is used up.
    pub(super) fn hold(&self, response: HttpResponse) -> HttpResponse {
        let size = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
        let Some(permits) = missing(size, None) else { return response };
        match Arc::clone(&self.responses).try_acquire_many_owned(permits) {
            Ok(share) => {
                let share = Arc::new(share);
                response.map(|body| boxed(HeldBody { body, share }))
            }
            Err(_) => BodyError::Busy.into_response(),
        }
    }
}

/// The body of a response, with its share of the budget.
#[derive(Debug)]
struct HeldBody {
    body: BoxBody,
    share: Arc<OwnedSemaphorePermit>,
}

impl Body for HeldBody {
    type Data = Bytes;
    type Error = <BoxBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let share = &self.share;
        // The share is dropped with the last bytes, which hyper holds until they are written.
        let held = |bytes| Bytes::from_owner(HeldBytes { bytes, _share: Arc::clone(share) });
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(held))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A part of the body of a response, with the body's share of the budget.
#[derive(Debug)]
struct HeldBytes {
    bytes: Bytes,
    _share: Arc<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for HeldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Default for BodyBudget {
    fn default() -> Self {
        let [requests, responses] = [(); 2].map(|()| Arc::new(Semaphore::new(BUDGET_KIB)));
        Self { requests, responses, arriving: Mutex::default() }
    }
}

/// A body in memory, with its share of the budget.
#[derive(Debug)]
pub(super) struct BufferedBody {
    pub(super) bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

/// The reason why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    /// The budget is used up.
    Busy,
    /// The connection failed, its framing is malformed, or there are trailers. The client may not read the response.
    Broken,
}

/// Reads the whole body.
pub(super) async fn read<B: BodyStream>(
    headers: &HeaderMap,
    body: B,
    budget: &BodyBudget,
    deadline: Duration,
) -> Result<BufferedBody, BodyError> {
    let limit = Operation::settings().body_limit;
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        // A client that waits for `100 Continue` does not send the body.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(discard(body));
        }
        return Err(BodyError::TooLarge);
    }
    let arrival = Arc::new(Arrival { since: Instant::now(), gives_way: Notify::new() });
    let mut reader = BodyReader { body, limit, first: Bytes::new(), rest: Vec::new(), share: None };
    let reading = async {
        tokio::select! {
            read = reader.read_all(budget, &arrival) => read,
            () = arrival.gives_way.notified() => Err(BodyError::Busy),
        }
    };
    let read = timeout(deadline, reading).await;
    if reader.share.is_some() {
        budget.arriving().retain(|other| !Arc::ptr_eq(other, &arrival));
    }
    match read {
        Ok(Ok(())) => Ok(reader.into_buffered()),
        Ok(Err(error)) => {
            if error != BodyError::Broken {
                // The rest of the reader, and its share of the budget, is dropped at once.
                tokio::spawn(discard(reader.body));
            }
            Err(error)
        }
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// A body that is being read.
struct BodyReader<B> {
    body: B,
    limit: usize,
    /// The first chunk. Most bodies have only one, which is not copied.
    first: Bytes,
    rest: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl<B: BodyStream> BodyReader<B> {
    async fn read_all(&mut self, budget: &BodyBudget, arrival: &Arc<Arrival>) -> Result<(), BodyError> {
        while let Some(frame) = self.body.frame().await {
            // *Chosen*: trailers are refused. No client of this API sends any, and hyper accepts a bare LF among them, so
            // that a request behind it would be read as trailers.
            let Ok(chunk) = frame.map_err(|_| BodyError::Broken)?.into_data() else {
                return Err(BodyError::Broken);
            };
            let length = self.first.len() + self.rest.len() + chunk.len();
            if length > self.limit {
                return Err(BodyError::TooLarge);
            }
            budget.take(length, &mut self.share, arrival).await?;
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

    fn into_buffered(self) -> BufferedBody {
        let bytes = if self.rest.is_empty() { self.first } else { Bytes::from(self.rest) };
        BufferedBody { bytes, _share: self.share }
    }
}

async fn discard(mut body: impl BodyStream) {
    let discarding = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, |data| data.len() as u64);
            if read > DISCARD_LIMIT {
                break;
            }
        }
    };
    // The connection is closed in any case.
    let _ = timeout(DISCARD_TIMEOUT, discarding).await;
}

impl BodyError {
    /// Returns the status of the response.
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            BodyError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            BodyError::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// Returns the response to the client. *Chosen*: the service's own is not known.
    pub(super) fn into_response(self) -> HttpResponse {
        let limit = Operation::settings().body_limit;
        let status = self.status();
        let (name, text) = match self {
            BodyError::TooLarge => {
                ("RequestEntityTooLargeException", format!("The request body is larger than {limit} bytes."))
            }
            BodyError::TooSlow => (
                "RequestTimeoutException",
                format!("The request body did not arrive within {} seconds.", DEADLINE.as_secs()),
            ),
            // SDKs retry on this name.
            BodyError::Busy => {
                ("ServiceUnavailable", "Too many large requests and responses are under way.".to_owned())
            }
            BodyError::Broken => ("SerializationException", "The request body could not be read.".to_owned()),
        };
        closing(front_end_error(Operation::settings(), status, name, Some(&text)))
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
