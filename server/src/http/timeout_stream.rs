//! The timeouts of a connection: between two requests, for the head of a request, and for the client to read a
//! response.
//!
//! A connection may be idle for longer than load balancers keep theirs, but after the first byte of a request its head
//! must be complete soon. hyper has only one timeout for both. The timeout of a body is in [`super::body`].

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

use super::connections::Waiting;

/// The timeouts of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Between two requests.
    pub idle: Duration,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// For the client to read a response, beside the time that `write_rate` allows.
    pub write: Duration,
    /// The bytes of a response that a client must read in a second.
    ///
    /// *Chosen*: without it, a client that reads a byte now and then would hold a response in memory forever.
    pub write_rate: u64,
}

/// The state whether a request of the connection is in flight. The service sets it, [`TimeoutStream`] reads it.
///
/// It counts the starts and the ends of requests: it is odd while one is in flight, and has changed if one was served
/// between two reads.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    /// Marks a request as in flight until the guard is dropped.
    pub(super) fn begin(&self) -> InFlightGuard {
        self.0.fetch_add(1, Ordering::Relaxed);
        InFlightGuard(self.clone())
    }
}

/// A guard that marks a request as in flight until it is dropped.
#[derive(Debug)]
pub(super) struct InFlightGuard(InFlight);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The input that the connection waits for while no request is in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadPhase {
    /// The next request.
    Request,
    /// The rest of a request's head.
    Head,
}

/// A socket whose reads and writes fail if the client takes too long.
#[derive(Debug)]
pub(super) struct TimeoutStream<S> {
    socket: S,
    in_flight: InFlight,
    /// The count of `in_flight` at the last read.
    seen: usize,
    /// The count of `in_flight` when the last response was written.
    flushed: usize,
    waiting: Arc<Waiting>,
    deadlines: Deadlines,
    phase: ReadPhase,
    /// The end of the phase. The timer is set to it only when the phase has to wait: the head of nearly every request arrives
    /// at once.
    read_deadline: Instant,
    read_timeout: Pin<Box<Sleep>>,
    pending_write: Option<PendingWrite>,
}

/// The progress of output that the client did not read at once.
#[derive(Debug)]
struct PendingWrite {
    started: Instant,
    written: u64,
    timeout: Pin<Box<Sleep>>,
}

impl<S> TimeoutStream<S> {
    pub(super) fn new(socket: S, in_flight: InFlight, waiting: Arc<Waiting>, deadlines: Deadlines) -> Self {
        let read_deadline = Instant::now() + deadlines.idle;
        let read_timeout = Box::pin(sleep_until(read_deadline));
        let phase = ReadPhase::Request;
        let pending_write = None;
        Self {
            socket,
            in_flight,
            seen: 0,
            flushed: 0,
            waiting,
            deadlines,
            phase,
            read_deadline,
            read_timeout,
            pending_write,
        }
    }

    /// Starts the time between two requests anew, at the end of a handshake.
    pub(super) fn restart(&mut self) {
        self.wait_for(ReadPhase::Request, self.deadlines.idle);
        self.waiting.restart();
    }

    fn wait_for(&mut self, phase: ReadPhase, timeout: Duration) {
        self.phase = phase;
        self.read_deadline = Instant::now() + timeout;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let count = self.in_flight.0.load(Ordering::Relaxed);
        if count % 2 == 1 {
            return Pin::new(&mut self.socket).poll_read(cx, buffer);
        }
        if count != self.seen {
            self.seen = count;
            let idle = self.deadlines.idle;
            self.wait_for(ReadPhase::Request, idle);
        }
        if let Poll::Ready(read) = Pin::new(&mut self.socket).poll_read(cx, buffer) {
            if self.phase == ReadPhase::Request {
                let head = self.deadlines.head;
                self.wait_for(ReadPhase::Head, head);
                self.waiting.restart();
            }
            return Poll::Ready(read);
        }
        let read_deadline = self.read_deadline;
        if self.read_timeout.deadline() != read_deadline {
            self.read_timeout.as_mut().reset(read_deadline);
        }
        ready!(self.read_timeout.as_mut().poll(cx));
        Poll::Ready(match self.phase {
            ReadPhase::Head => {
                Err(io::Error::new(io::ErrorKind::TimedOut, "the head of a request is too slow"))
            }
            // As at the end of the stream: hyper closes the connection without an error.
            ReadPhase::Request => Ok(()),
        })
    }
}

impl<S: Unpin> TimeoutStream<S> {
    /// Limits the time of output that the client does not read at once, from its first byte to its last.
    fn limit_write(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            if let (Some(pending), Ok(count)) = (&mut self.pending_write, &written) {
                pending.written += *count as u64;
            }
            return Poll::Ready(written);
        }
        let Deadlines { write, write_rate, .. } = self.deadlines;
        let pending = self.pending_write.get_or_insert_with(|| PendingWrite {
            started: Instant::now(),
            written: 0,
            timeout: Box::pin(sleep_until(Instant::now() + write)),
        });
        let allowed =
            write + Duration::from_millis(pending.written.saturating_mul(1_000) / write_rate.max(1));
        pending.timeout.as_mut().reset(pending.started + allowed);
        ready!(pending.timeout.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read the response")))
    }

    /// Notes that all output is written. The connection waits for its client, unless a request is in flight.
    fn end_write(&mut self) {
        self.pending_write = None;
        let count = self.in_flight.0.load(Ordering::Relaxed);
        if count.is_multiple_of(2) && count != self.flushed {
            self.flushed = count;
            self.waiting.restart();
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimeoutStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.limit_write(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, slices);
        self.limit_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // hyper flushes when it has written all that it has.
        ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        self.end_write();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
