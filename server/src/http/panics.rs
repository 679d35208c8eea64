//! Catches a panic in a handler, so that it ends only its own request.
//!
//! The panic hook that `main` sets logs it, within the span of the request.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

/// The error of a future that panicked.
#[derive(Debug)]
pub(super) struct HandlerPanic;

/// Returns the output of `work`, or an error if it panics.
///
/// The future counts as unwind safe, because it is not polled again after a panic, and its shared state is behind locks
/// that detect poisoning.
pub(super) async fn catch<T>(work: impl Future<Output = T>) -> Result<T, HandlerPanic> {
    let mut work = pin!(work);
    poll_fn(move |cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(_) => Poll::Ready(Err(HandlerPanic)),
    })
    .await
}
