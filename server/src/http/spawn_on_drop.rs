//! A request that is served to its end, though its connection ends: what follows a commit must not be lost.
//!
//! A body that has not arrived completely ends with an error then, so that only complete requests run on.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;

/// Work that goes on in a task of its own if it is dropped before its end.
///
/// As long as it is not dropped it runs in the task of the connection, which costs less than a task for each request.
pub(super) struct SpawnOnDrop<F>(Option<Pin<Box<F>>>)
where
    F: Future<Output: Send> + Send + 'static;

impl<F: Future<Output: Send> + Send + 'static> SpawnOnDrop<F> {
    pub(super) fn new(work: F) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for SpawnOnDrop<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // Taken, so that work that panics is over. It is not polled again after its end.
        let Some(mut work) = self.0.take() else { return Poll::Pending };
        let polled = work.as_mut().poll(cx);
        if polled.is_pending() {
            self.0 = Some(work);
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for SpawnOnDrop<F> {
    fn drop(&mut self) {
        // Without a runtime the whole server has ended.
        if let Some(work) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_that_is_dropped_runs_to_its_end() {
        let (start, started) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let mut work = SpawnOnDrop::new(async move {
            started.await.expect("started");
            end.send("done").expect("the test waits");
        });
        assert!(poll_once(&mut work).await.is_pending());
        drop(work);
        start.send(()).expect("the work goes on");
        assert_eq!(ended.await, Ok("done"));
    }

    #[tokio::test]
    async fn work_that_has_ended_does_not_run_again() {
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polls);
        let mut work = SpawnOnDrop::new(std::future::poll_fn(move |_| {
            Poll::Ready(counted.fetch_add(1, Ordering::SeqCst))
        }));
        assert_eq!(poll_once(&mut work).await, Poll::Ready(0));
        drop(work);
        tokio::task::yield_now().await;
        assert_eq!(polls.load(Ordering::SeqCst), 1);
    }

    /// Polls once.
    async fn poll_once<F: Future + Unpin>(work: &mut F) -> Poll<F::Output> {
        std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *work).poll(cx))).await
    }
}
