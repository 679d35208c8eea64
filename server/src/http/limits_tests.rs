//! Connections and responses at their limits, and clients that hang up, on a real socket.

use std::{
    convert::Infallible,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::Response;
use lido_runtime::{Bytes, server::body::from_bytes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::{Instant, sleep, timeout},
};

use super::{
    HttpService, Limits,
    connection::{Accepted, connection},
    connections::Connections,
    tests::{Server, measure, post, rest},
};
use crate::{api::OperationService, app::App, credentials::Credentials, operations::Peer};

/// How long a fake operation works.
const WORK: Duration = Duration::from_millis(300);

/// Returns operations that work for a while, and the count of those that are finished.
fn slow() -> (impl OperationService, Arc<AtomicUsize>) {
    let finished = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&finished);
    let operations = tower::service_fn(move |_| {
        let count = Arc::clone(&count);
        async move {
            sleep(WORK).await;
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from_static(b"{}"))))
        }
    });
    (operations, finished)
}

/// Returns operations whose responses have a body of `size` bytes.
fn large(size: usize) -> impl OperationService {
    tower::service_fn(move |_| async move {
        Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from(vec![b' '; size]))))
    })
}

impl Server {
    /// Sends a request on a new connection that has a small buffer for the response.
    async fn request_without_reading(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let address = ([127, 0, 0, 1], self.port).into();
        let mut stream = socket.connect(address).await.expect("connected");
        stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
        stream
    }

    async fn request(&self) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
        stream
    }
}

/// Reads the first bytes of a response and returns its status.
async fn status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    let read = timeout(Duration::from_secs(20), stream.read_exact(&mut start)).await;
    read.expect("in time").expect("a response");
    String::from_utf8_lossy(&start[9..]).into_owned()
}

#[tokio::test]
async fn idle_connections_give_way_to_a_new_one() {
    let server = Server::start(measure(), |limits| limits.connections = 3).await;
    // The first has sent nothing, the second half a head, the third half a body.
    let mut idle = Vec::new();
    let whole = post("SignUp", "", "{}");
    for length in [0, 30, whole.len() - 1] {
        let mut stream = server.connect().await;
        stream.write_all(&whole.as_bytes()[..length]).await.expect("sent");
        sleep(Duration::from_millis(20)).await;
        idle.push(stream);
    }
    let mut new = Vec::new();
    for stream in &mut idle {
        let started = Instant::now();
        assert!(server.send(&whole).await.ends_with("length 2"));
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        assert_eq!(rest(stream).await, "", "the longest waiting connection is closed");
        sleep(Duration::from_millis(100)).await;
        new.push(server.connect().await);
    }
}

#[tokio::test]
async fn connection_beyond_the_limit_waits_for_requests_in_flight() {
    let (operations, finished) = slow();
    let server = Server::start(operations, |limits| limits.connections = 2).await;
    let (mut first, mut second) = (server.request().await, server.request().await);
    sleep(WORK / 3).await;
    let mut third = server.request().await;
    assert!(timeout(WORK / 3, third.read_u8()).await.is_err(), "it is not served yet");
    for stream in [&mut first, &mut second, &mut third] {
        assert!(rest(stream).await.ends_with("{}"), "no request in flight is aborted");
    }
    assert_eq!(finished.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn connections_of_an_address_are_limited() {
    let (operations, _) = slow();
    let server =
        Server::start(operations, |limits| limits.connections_per_address = NonZeroUsize::new(2)).await;
    let (mut first, mut second) = (server.request().await, server.request().await);
    sleep(WORK / 3).await;
    assert_eq!(server.send("").await, "", "a third connection is closed at once");
    let from_elsewhere = TcpSocket::new_v4().expect("a socket");
    from_elsewhere.bind(([127, 0, 0, 2], 0).into()).expect("an address");
    let mut elsewhere =
        from_elsewhere.connect(([127, 0, 0, 1], server.port).into()).await.expect("connected");
    elsewhere.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
    for stream in [&mut first, &mut second, &mut elsewhere] {
        assert!(rest(stream).await.ends_with("{}"));
    }
    assert!(server.send(&post("SignUp", "", "{}")).await.ends_with("{}"), "there is room again");
}

#[tokio::test]
async fn client_that_reads_a_little_now_and_then_is_disconnected() {
    const SIZE: usize = 16 * 1024 * 1024;
    let short = |limits: &mut Limits| {
        limits.deadlines.write = Duration::from_millis(500);
        limits.deadlines.write_rate = 64 * 1024 * 1024;
    };
    let server = Server::start(large(SIZE), short).await;
    let mut stream = server.request_without_reading().await;
    let (started, mut length, mut buffer) = (Instant::now(), 0, vec![0; 64 * 1024]);
    while started.elapsed() < Duration::from_secs(3) {
        length += stream.read(&mut buffer).await.unwrap_or_default();
        sleep(Duration::from_millis(50)).await;
    }
    // What the system holds is still delivered.
    length += rest(&mut stream).await.len();
    assert!(length < SIZE, "the client has read everything");
    // One that reads as fast as it can gets everything.
    assert!(server.send(&post("SignUp", "", "{}")).await.len() > SIZE);
}

#[tokio::test]
async fn responses_count_in_the_memory_budget() {
    const SIZE: usize = 8 * 1024 * 1024;
    let server = Server::start(large(SIZE), |_| {}).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = server.request_without_reading().await;
        assert_eq!(status(&mut stream).await, "200");
        held.push(stream);
    }
    let mut refused = server.request().await;
    let response = rest(&mut refused).await;
    assert!(response.starts_with("HTTP/1.1 503 ") && response.contains("ServiceUnavailable"), "{response}");
    assert!(response.contains("x-amzn-requestid: "), "{response}");
    // Small ones are sent all the same.
    let health = "GET /_lido/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(server.send(health).await.starts_with("HTTP/1.1 200 "));
    drop(held);
    let started = Instant::now();
    while status(&mut server.request().await).await != "200" {
        assert!(started.elapsed() < Duration::from_secs(20), "the budget is never given back");
    }
}

#[tokio::test]
async fn client_that_has_closed_its_sending_side_gets_its_response() {
    let (operations, _) = slow();
    let server = Server::start(operations, |_| {}).await;
    for connection in ["connection: close\r\n", ""] {
        let mut stream = server.connect().await;
        let request = post("SignUp", "", "{}").replace("connection: close\r\n", connection);
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream.shutdown().await.expect("half closed");
        let response = rest(&mut stream).await;
        assert!(response.ends_with("{}"), "{connection:?} {response:?}");
    }
}

#[tokio::test]
async fn request_of_a_connection_that_ends_is_served_to_its_end() {
    let (operations, finished) = slow();
    let app = Arc::new(App::for_tests());
    let service = HttpService::with_operations(app, Credentials::AnyWellFormed, operations);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut client = TcpStream::connect(listener.local_addr().expect("an address")).await.expect("connected");
    let (stream, address) = listener.accept().await.expect("accepted");
    let connections = Arc::new(Connections::new(1, None, vec![]));
    let open = Arc::new(connections.open(address.ip()).await.expect("room"));
    let (_stop, stopping) = watch::channel(());
    let accepted = Accepted {
        peer: Peer(address.ip()),
        service: Arc::new(service.expect("no conflict of routes")),
        deadlines: Limits::of_system().deadlines,
        stopping,
        open,
    };
    let serving = tokio::spawn(connection(stream, None, accepted));
    client.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
    sleep(WORK / 3).await;
    serving.abort();
    assert!(serving.await.expect_err("it is served").is_cancelled());
    assert_eq!(finished.load(Ordering::Relaxed), 0);
    // It counts as a connection until it is served.
    timeout(Duration::from_secs(20), connections.all_closed()).await.expect("in time");
    assert_eq!(finished.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn request_of_a_client_that_hangs_up_is_served_to_its_end() {
    let (operations, finished) = slow();
    let server = Server::start(operations, |_| {}).await;
    let stream = server.request().await;
    sleep(WORK / 3).await;
    // A reset, which the server notices when it writes the response.
    stream.set_zero_linger().expect("set");
    drop(stream);
    // An incomplete request is not served.
    let mut half = server.connect().await;
    let whole = post("SignUp", "", "{}");
    half.write_all(&whole.as_bytes()[..whole.len() - 1]).await.expect("sent");
    drop(half);
    sleep(WORK / 3).await;
    assert_eq!(finished.load(Ordering::Relaxed), 0);
    // Shutdown waits for it.
    server.stop.send(()).expect("it runs");
    assert!(server.served.await.expect("no panic"));
    assert_eq!(finished.load(Ordering::Relaxed), 1);
}
