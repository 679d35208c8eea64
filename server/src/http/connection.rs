//! The listener: accepts connections up to a limit, serves HTTP/1.1 on each, and shuts them down gracefully.
//!
//! With TLS, a handshake begins when a connection is within the limits, and counts as waiting for its client: it has the
//! time of a request's head, and gives way to new connections. Plain HTTP is told so on a port with TLS.
//!
//! At a limit connections that wait for their clients give way to new ones ([`super::connections`]); if none does, new
//! ones wait in the system's queue. A connection uses a few hundred bytes of memory until its first byte arrives; only
//! then hyper allocates its buffers.
//!
//! A request that has arrived completely is served to its end, whatever becomes of its connection meanwhile. It counts
//! as a connection until then, so that the number of such requests is limited, and shutdown waits for them. The server
//! notices that a client has closed its connection only when it writes the response, unless the request waits on purpose
//! and looks for it ([`crate::surface`]'s `ConnectionEnd`).

use std::{convert::Infallible, io, net::SocketAddr, num::NonZeroUsize, pin::pin, sync::Arc, time::Duration};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream, tcp::OwnedReadHalf},
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    HttpService,
    connections::{Connections, OpenConnection, Waiting},
    panics,
    plain_text::refuse_plain_text,
    shared_stream::SharedStream,
    spawn_on_drop::SpawnOnDrop,
    timeout_stream::{Deadlines, InFlight, TimeoutStream},
};
use crate::{
    api::{self, OperationService},
    metrics::ConnectionMetrics,
    operations::Peer,
    surface::{ConnectionEnd, HttpResponse, RequestSource},
    tls::{HANDSHAKE, Tls},
};

/// The most bytes of a request's head. SDKs send one or two thousand, and more with session tokens.
const HEAD_BYTES: usize = 16 * 1024;

/// The most connections that the system queues until they are accepted. A client retries a connection beyond it only
/// after a second, and a connection pool may open more than the usual 128 at once.
const BACKLOG: u32 = 4096;

/// The pause after the system could not accept a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The limits of the listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The connections that are open at once.
    pub connections: usize,
    /// The connections of one address that are open at once, if they are limited. Those of trusted proxies are not.
    pub connections_per_address: Option<NonZeroUsize>,
    /// The timeouts of a connection.
    pub deadlines: Deadlines,
    /// The time that requests in flight have to finish when the server stops.
    pub stop: Duration,
}

impl Limits {
    /// Returns the limits for this system, and raises the process's limit of open files to its hard limit.
    ///
    /// *Chosen*: 12,000 connections, or fewer if the limit of open files is lower, with some files left for the store.
    /// The idle timeout is longer than the usual sixty seconds of load balancers, so that they close a connection
    /// first.
    pub fn of_system() -> Self {
        const MAX_CONNECTIONS: usize = 12_000;
        const OTHER_FILES: usize = 64;
        Self::of_connections(MAX_CONNECTIONS.min(raise_file_limit().saturating_sub(OTHER_FILES)).max(16))
    }

    /// Returns the limits with this number of connections. It changes nothing of the process.
    pub fn of_connections(connections: usize) -> Self {
        let deadlines = Deadlines {
            idle: Duration::from_secs(75),
            head: Duration::from_secs(10),
            write: Duration::from_secs(30),
            write_rate: 16 * 1024,
        };
        Self { connections, connections_per_address: None, deadlines, stop: Duration::from_secs(10) }
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

/// Listens on the first of `addresses` that is available.
///
/// # Errors
/// No address is available: the system's error for the last one.
pub fn listen(addresses: &[SocketAddr]) -> io::Result<TcpListener> {
    let mut last_error = io::ErrorKind::InvalidInput.into();
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last_error = error,
        }
    }
    Err(last_error)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restarted server can use its port at once. On other systems the option would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What responds to the requests of a listener.
pub(super) trait Respond: Send + Sync + 'static {
    /// Returns the proxies whose connections are those of many clients.
    fn trusted_proxies(&self) -> &[IpNet];

    /// Returns the metrics of the connections, if they are counted.
    fn connection_metrics(&self) -> ConnectionMetrics {
        ConnectionMetrics::default()
    }

    /// Responds to a request of a connection. `waiting` is told when the request has arrived completely.
    fn respond(
        &self,
        request: Request<Incoming>,
        connection: RequestSource,
        waiting: &Waiting,
    ) -> impl Future<Output = HttpResponse> + Send;
}

/// A socket that listens, with or without TLS.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Tls>,
}

impl From<TcpListener> for Listener {
    fn from(socket: TcpListener) -> Self {
        Self { socket, tls: None }
    }
}

impl Listener {
    /// Lets all connections use TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls;
        self
    }
}

/// Serves until `stop` completes, then lets the requests in flight finish within the limit. Returns whether all did.
pub async fn serve<S: OperationService>(
    listener: impl Into<Listener>,
    service: Arc<HttpService<S>>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    serve_with(listener.into(), service, limits, stop).await
}

/// Serves as [`serve`] does, whatever responds.
pub(super) async fn serve_with<R: Respond>(
    Listener { socket, tls }: Listener,
    service: Arc<R>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    let connections = Connections::new(
        limits.connections,
        limits.connections_per_address,
        service.trusted_proxies().to_vec(),
    );
    let metrics = service.connection_metrics();
    let connections = Arc::new(connections.measured(metrics));
    let (stop_sender, stop_receiver) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let (stream, address) = socket.accept().await?;
            Ok::<_, io::Error>((stream, address, connections.open(address.ip()).await))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, address, Some(open))) => {
                let accepted = Accepted {
                    peer: Peer(address.ip()),
                    service: Arc::clone(&service),
                    deadlines: limits.deadlines,
                    stopping: stop_sender.subscribe(),
                    open: Arc::new(open),
                };
                tokio::spawn(connection(stream, tls.clone(), accepted));
            }
            // Its address has too many.
            Ok((_, _, None)) => {}
            Err(fault) => {
                tracing::warn!(%fault, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((socket, stop_receiver));
    drop(stop_sender);
    timeout(limits.stop, connections.all_closed()).await.is_ok()
}

/// A connection that was accepted, without its socket.
pub(super) struct Accepted<R> {
    pub(super) peer: Peer,
    pub(super) service: Arc<R>,
    pub(super) deadlines: Deadlines,
    /// Its sender is dropped when the server stops. Then the request in flight is the last one.
    pub(super) stopping: watch::Receiver<()>,
    pub(super) open: Arc<OpenConnection>,
}

/// Serves one connection.
pub(super) async fn connection<R: Respond>(stream: TcpStream, tls: Option<Tls>, mut accepted: Accepted<R>) {
    let first_byte = tokio::select! {
        first_byte = timeout(accepted.deadlines.idle, first_byte(&stream)) => first_byte,
        () = accepted.open.waiting.evicted() => return,
        _ = accepted.stopping.changed() => return,
    };
    let Ok(Ok(Some(first_byte))) = first_byte else { return };
    match tls {
        // Boxed, because idle connections without TLS would have the room for it, too.
        Some(tls) if first_byte == HANDSHAKE => Box::pin(accepted.serve_tls(stream, tls)).await,
        Some(_) => refuse_plain_text(stream).await,
        None => {
            let (stream, socket, in_flight) = accepted.limit(stream);
            accepted.serve(stream, socket, in_flight, false).await;
        }
    }
}

impl<R: Respond> Accepted<R> {
    /// Returns the socket with its timeouts, its shared half, and its state.
    fn limit(&self, stream: TcpStream) -> (TimeoutStream<SharedStream>, Arc<OwnedReadHalf>, InFlight) {
        let in_flight = InFlight::default();
        let (stream, socket) = SharedStream::new(stream);
        let waiting = Arc::clone(&self.open.waiting);
        (TimeoutStream::new(stream, in_flight.clone(), waiting, self.deadlines), socket, in_flight)
    }

    /// Does the handshake, which takes no longer than the head of a request may, and serves.
    async fn serve_tls(mut self, stream: TcpStream, tls: Tls) {
        let (stream, socket, in_flight) = self.limit(stream);
        let accepted = tokio::select! {
            accepted = timeout(self.deadlines.head, tls.accept(stream)) => accepted,
            () = self.open.waiting.evicted() => return,
            _ = self.stopping.changed() => return,
        };
        match accepted {
            Ok(Ok(mut stream)) => {
                stream.get_mut().0.restart();
                self.serve(stream, socket, in_flight, true).await;
            }
            // The operator need not know of clients that do not trust the certificate, or know no version of TLS.
            Ok(Err(fault)) => {
                self.service.connection_metrics().fail_handshake();
                tracing::debug!(%fault, "a handshake failed");
            }
            Err(_) => {
                self.service.connection_metrics().fail_handshake();
                tracing::debug!("a handshake was too slow");
            }
        }
    }

    /// Serves the requests of the connection.
    async fn serve(
        self,
        io: impl AsyncRead + AsyncWrite + Unpin,
        socket: Arc<OwnedReadHalf>,
        in_flight: InFlight,
        is_secure: bool,
    ) {
        let Self { peer, service, mut stopping, open, .. } = self;
        let shared = Arc::clone(&open);
        let end = ConnectionEnd::new(socket, stopping.clone());
        let source = RequestSource { peer, is_secure };
        let respond = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(end.clone());
            let (service, open, guard) = (Arc::clone(&service), Arc::clone(&shared), in_flight.begin());
            let response = async move { service.respond(request, source, &open.waiting).await };
            async move {
                let response = panics::catch(SpawnOnDrop::new(response)).await;
                let response = response.unwrap_or_else(|panics::HandlerPanic| api::internal_error());
                drop(guard);
                Ok::<_, Infallible>(response)
            }
        });
        let mut serving = pin!(
            http1::Builder::new()
                .max_buf_size(HEAD_BYTES)
                .header_read_timeout(None)
                // A client that has closed only its sending side gets its response. hyper therefore does not read while a
                // request is served, so that it does not notice a reset either.
                .half_close(true)
                .serve_connection(TokioIo::new(io), respond)
        );
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = open.waiting.evicted() => return,
            _ = stopping.changed() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(fault) = ended {
            // The operator need not know of clients that close their connections early.
            tracing::debug!(%fault, "a connection ended with an error");
        }
    }
}

/// Waits for the first byte, and leaves it in the socket. Returns `None` if the client closes instead.
async fn first_byte(stream: &TcpStream) -> io::Result<Option<u8>> {
    // A response is written in one piece, so it need not wait for more data.
    stream.set_nodelay(true)?;
    let mut byte = [0];
    Ok((stream.peek(&mut byte).await? > 0).then_some(byte[0]))
}
