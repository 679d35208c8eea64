//! A panic in a handler ends a request and nothing else.
//!
//! What is logged about it is written by the hook that `main` sets, within the span of the request; here it is only
//! stopped.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// The work panicked.
#[derive(Debug)]
pub(super) struct Panicked;

/// What `work` gives, unless it panics. It is not polled again after that, and what it shared is behind locks that
/// say so themselves; hence the assertion of unwind safety.
pub(super) async fn catch<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(Panicked)),
    })
    .await
}
