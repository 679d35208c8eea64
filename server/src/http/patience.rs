//! How long a connection is waited for, whatever it does or does not do.
//!
//! Between requests it may be idle for a while, longer than load balancers keep theirs; once the first byte of a
//! request is there, its head must be complete soon; and whoever does not take an answer is given up. A body has its
//! own deadline, in [`super::body`]. hyper has one deadline for the first two, which would have to be wrong for one.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// The deadlines of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Between requests.
    pub idle: Duration,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// For a client to take some bytes of an answer.
    pub write: Duration,
}

/// Whether a request of the connection is being answered. The service says so, the socket looks.
///
/// It counts beginnings and ends, so it is odd while a request is being answered, and has changed if one was answered
/// between two looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<AtomicUsize>);

impl Busy {
    /// Until the guard is dropped.
    pub(super) fn begin(&self) -> BusyGuard {
        self.0.fetch_add(1, Ordering::Relaxed);
        BusyGuard(self.clone())
    }
}

/// While it lives, a request is being answered.
#[derive(Debug)]
pub(super) struct BusyGuard(Busy);

impl Drop for BusyGuard {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the connection waits for when it reads and no request is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// For the next request.
    Idle,
    /// For the rest of a head.
    Head,
}

/// A socket that gives up.
#[derive(Debug)]
pub(super) struct Patient<S> {
    socket: S,
    busy: Busy,
    seen: usize,
    deadlines: Deadlines,
    waiting: Waiting,
    reading: Pin<Box<Sleep>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(socket: S, busy: Busy, deadlines: Deadlines) -> Self {
        let reading = Box::pin(sleep_until(Instant::now() + deadlines.idle));
        Self { socket, busy, seen: 0, deadlines, waiting: Waiting::Idle, reading, writing: None }
    }

    fn wait_for(&mut self, waiting: Waiting, time: Duration) {
        self.waiting = waiting;
        self.reading.as_mut().reset(Instant::now() + time);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = self.busy.0.load(Ordering::Relaxed);
        if count % 2 == 1 {
            return Pin::new(&mut self.socket).poll_read(cx, buffer);
        }
        if count != self.seen {
            self.seen = count;
            let idle = self.deadlines.idle;
            self.wait_for(Waiting::Idle, idle);
        }
        if let Poll::Ready(read) = Pin::new(&mut self.socket).poll_read(cx, buffer) {
            if self.waiting == Waiting::Idle {
                let head = self.deadlines.head;
                self.wait_for(Waiting::Head, head);
            }
            return Poll::Ready(read);
        }
        ready!(self.reading.as_mut().poll(cx));
        Poll::Ready(match self.waiting {
            Waiting::Head => {
                Err(io::Error::new(io::ErrorKind::TimedOut, "the head of a request is too slow"))
            }
            // The end of the stream: hyper closes without a fault.
            Waiting::Idle => Ok(()),
        })
    }
}

impl<S: Unpin> Patient<S> {
    /// Starts the clock when the client takes nothing, and stops it when it does.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing = None;
            return written;
        }
        let deadline = self.deadlines.write;
        let writing = self.writing.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + deadline)));
        ready!(writing.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not take the answer")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        self.watch(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
