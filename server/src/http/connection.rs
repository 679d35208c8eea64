//! The listener: accepts connections up to a limit, serves HTTP/1.1 on each, and ends them in order.
//!
//! Beyond the limit connections wait in the system's queue. A connection costs a few hundred bytes until it says
//! something: only then hyper gets it, with its buffers.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use crate::operations::Peer;

use super::{
    Front, Serves,
    timeout_stream::{Deadlines, InFlight, TimeoutStream},
};

/// The most bytes of a head; SDKs send one or two thousand, session tokens some more.
const HEAD_BYTES: usize = 16 * 1024;

/// Connections that the system keeps until they are accepted. One beyond it has to knock again a second later, and the
/// usual 128 is less than what a pool of clients opens at once.
const QUEUE: u32 = 4096;

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// How much is taken on, and how long an end may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// What a connection is waited for.
    pub deadlines: Deadlines,
    /// For what is under way when the server is told to stop.
    pub stop: Duration,
}

impl Limits {
    /// *Chosen*: twelve thousand connections or what the system allows. An idle one is kept longer than the sixty
    /// seconds that load balancers keep theirs, so that it is they who close.
    ///
    /// The process may open as many files as its hard limit says from now on; some are left for the store.
    pub fn of_system() -> Self {
        const MOST: usize = 12_000;
        const FOR_OTHERS: usize = 64;
        let connections = MOST.min(raise_file_limit().saturating_sub(FOR_OTHERS)).max(16);
        let deadlines = Deadlines {
            idle: Duration::from_secs(75),
            head: Duration::from_secs(10),
            write: Duration::from_secs(30),
        };
        Self { connections, deadlines, stop: Duration::from_secs(10) }
    }
}

#[cfg(unix)]
fn raise_file_limit() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Some systems refuse a soft limit as high as an unlimited hard one.
    let wanted = limit.maximum.map_or(65_536, |hard| hard.min(65_536));
    let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
    let current = match limit.current {
        Some(current) if current < wanted && setrlimit(Resource::Nofile, raised).is_ok() => Some(wanted),
        current => current,
    };
    current.and_then(|current| usize::try_from(current).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn raise_file_limit() -> usize {
    usize::MAX
}

/// Listens on the first of `addresses` that can be had.
///
/// # Errors
/// None can be had: what the system says of the last one.
pub fn listen(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut fault = io::ErrorKind::InvalidInput.into();
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(other) => fault = other,
        }
    }
    Err(fault)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again may have its port at once. Elsewhere the option would let two share it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// Serves until `stop` is over, then finishes what is under way within the limit. Says whether all was finished.
pub async fn serve<S: Serves>(
    listener: TcpListener,
    front: Arc<Front<S>>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (told, telling) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let next = async {
            // The semaphore is never closed, so there is always a place in the end.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, address)) => {
                tokio::spawn(connection(
                    stream,
                    Peer(address.ip()),
                    Arc::clone(&front),
                    limits.deadlines,
                    told.subscribe(),
                    place,
                ));
            }
            Err(fault) => {
                tracing::warn!(%fault, "a connection was not accepted");
                sleep(BREATH).await;
            }
        }
    }
    drop((listener, telling));
    drop(told);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    timeout(limits.stop, places.acquire_many(all)).await.is_ok()
}

/// Serves one connection. When `stopping` changes or its sender is gone, the request under way is the last.
async fn connection<S: Serves>(
    stream: TcpStream,
    peer: Peer,
    front: Arc<Front<S>>,
    deadlines: Deadlines,
    mut stopping: watch::Receiver<()>,
    _place: Option<OwnedSemaphorePermit>,
) {
    let spoken = tokio::select! {
        spoken = timeout(deadlines.idle, first_byte(&stream)) => spoken,
        _ = stopping.changed() => return,
    };
    if !matches!(spoken, Ok(Ok(true))) {
        return;
    }
    let in_flight = InFlight::default();
    let io = TokioIo::new(TimeoutStream::new(stream, in_flight.clone(), deadlines));
    let service = service_fn(move |request: Request<Incoming>| {
        let (front, guard) = (Arc::clone(&front), in_flight.begin());
        async move {
            let answer = front.answer(request, peer).await;
            drop(guard);
            Ok::<_, Infallible>(answer)
        }
    });
    let mut serving = pin!(
        http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .header_read_timeout(None)
            .serve_connection(io, service)
    );
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        _ = stopping.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(fault) = ended {
        // Whoever hangs up early is no concern of the operator's.
        tracing::debug!(%fault, "a connection broke off");
    }
}

/// Whether the client says anything at all.
async fn first_byte(stream: &TcpStream) -> io::Result<bool> {
    // An answer leaves at once, in one piece.
    stream.set_nodelay(true)?;
    Ok(stream.peek(&mut [0]).await? > 0)
}
