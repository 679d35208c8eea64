//! Requests on a real socket, with fake operations.

use std::{convert::Infallible, future::ready, time::Duration};

use http::Response;
use http_body_util::Full;
use lido_runtime::{Bytes, server::body::from_bytes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use super::*;
use crate::{credentials::Credentials, tls::Tls};

/// A server in this process.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) served: JoinHandle<bool>,
}

impl Server {
    pub(super) async fn start(operations: impl OperationService, change: impl FnOnce(&mut Limits)) -> Self {
        Self::start_with(operations, None, change).await
    }

    pub(super) async fn start_with(
        operations: impl OperationService,
        tls: Option<Tls>,
        change: impl FnOnce(&mut Limits),
    ) -> Self {
        let app = Arc::new(App::for_tests());
        let service = HttpService::with_operations(app, Credentials::AnyWellFormed, operations);
        let service = Arc::new(service.expect("no conflict of routes"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let listener = Listener::from(listener).with_tls(tls);
        let mut limits = Limits::of_system();
        change(&mut limits);
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        Self { port, stop, served: tokio::spawn(serve(listener, service, limits, stopped)) }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.expect("connected")
    }

    /// Sends `text` and returns the bytes received until the server closes the connection.
    pub(super) async fn send(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.expect("sent");
        rest(&mut stream).await
    }
}

pub(super) async fn rest(stream: &mut TcpStream) -> String {
    let mut response = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut response)).await;
    // A reset ends the connection too.
    let _ = read.expect("the server closes");
    String::from_utf8(response).expect("text")
}

pub(super) fn post(operation: &str, more: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         x-amz-target: AWSCognitoIdentityProviderService.{operation}\r\n{more}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Returns operations whose response contains the length of the request's body.
pub(super) fn measure() -> impl OperationService {
    tower::service_fn(|request: Request<Full<Bytes>>| {
        let length = hyper::body::Body::size_hint(request.body()).lower();
        ready(Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from(format!("length {length}"))))))
    })
}

/// Leaves the limits unchanged.
const DEFAULT_LIMITS: fn(&mut Limits) = |_| {};

#[tokio::test]
async fn panic_is_an_internal_error_of_its_request_only() {
    let operations = tower::service_fn(|request: Request<Full<Bytes>>| async move {
        assert!(!request.headers().contains_key("x-amz-panic"), "panicked on purpose");
        Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from_static(b"{}"))))
    });
    let server = Server::start(operations, DEFAULT_LIMITS).await;
    let response = server.send(&post("SignUp", "x-amz-panic: 1\r\norigin: http://page\r\n", "{}")).await;
    assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
    assert!(
        response.contains("x-amzn-requestid: ") && response.contains("access-control-allow-origin: *"),
        "{response}"
    );
    let body = r#"{"__type":"InternalErrorException","message":"Internal server error"}"#;
    assert!(response.ends_with(body) && !response.contains("on purpose"), "{response}");
    assert!(server.send(&post("SignUp", "", "{}")).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn signature_is_required_for_signed_operations_only() {
    let server = Server::start(measure(), DEFAULT_LIMITS).await;
    let signature = "authorization: AWS4-HMAC-SHA256 Credential=dev/20261121/us-east-1/cognito-idp/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature=00\r\nx-amz-date: 20261121T073000Z\r\n";
    let cases = [
        (
            "AdminConfirmSignUp",
            "",
            "MissingAuthenticationTokenException\",\"message\":\"Missing Authentication Token\"",
        ),
        ("AdminConfirmSignUp", "authorization: Basic abc\r\n", "IncompleteSignatureException"),
        ("AdminConfirmSignUp", signature, "length 2"),
        ("ConfirmSignUp", "", "length 2"),
        ("ConfirmSignUp", "authorization: nonsense\r\n", "length 2"),
    ];
    for (operation, more, expected) in cases {
        let response = server.send(&post(operation, more, "{}")).await;
        assert!(response.contains(expected), "{operation} {more}: {response}");
        assert!(response.starts_with(if expected == "length 2" { "HTTP/1.1 200 " } else { "HTTP/1.1 400 " }));
    }
}

#[tokio::test]
async fn response_to_a_chunked_request_is_the_last_of_its_connection() {
    let operations = tower::service_fn(|request: Request<Full<Bytes>>| async move {
        assert!(request.headers().is_empty(), "panicked on purpose");
        Ok::<_, Infallible>(Response::new(from_bytes(Bytes::new())))
    });
    let server = Server::start(operations, DEFAULT_LIMITS).await;
    let api = "x-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n";
    let preflight = "origin: http://page\r\naccess-control-request-method: POST\r\n";
    for (method, path, more, status) in
        [("OPTIONS", "/", preflight, 204), ("GET", "/_lido/health", "", 200), ("POST", "/", api, 500)]
    {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\n{more}transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        );
        let response = server.send(&request).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        assert!(response.contains("connection: close\r\n"), "{response}");
    }
}

#[tokio::test]
async fn preflight_allows_the_requested_headers() {
    let server = Server::start(measure(), DEFAULT_LIMITS).await;
    let preflight = "OPTIONS / HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: http://page\r\n\
                     access-control-request-method: POST\r\n\
                     access-control-request-headers: amz-sdk-request,authorization,cache-control,x-amz-target\r\n\r\n";
    let response = server.send(preflight).await;
    assert!(response.starts_with("HTTP/1.1 204 "), "{response}");
    for header in [
        "access-control-allow-origin: *\r\n",
        "access-control-allow-headers: amz-sdk-request,authorization,cache-control,x-amz-target\r\n",
        "access-control-allow-methods: GET, POST, OPTIONS\r\n",
        "access-control-max-age: 86400\r\n",
    ] {
        assert!(response.contains(header), "{header} in {response}");
    }
    let from_page = server.send(&post("SignUp", "origin: http://page\r\n", "{}")).await;
    assert!(from_page.contains("access-control-expose-headers: x-amzn-RequestId"), "{from_page}");
    let refused = server.send(&post("AdminConfirmSignUp", "origin: http://page\r\n", "{}")).await;
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    assert!(refused.contains("access-control-allow-origin: *\r\n"), "a page may read errors: {refused}");
    assert!(!server.send(&post("SignUp", "", "{}")).await.contains("access-control"));
    let console =
        "GET /_lido/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: http://page\r\n\r\n";
    assert!(
        !server.send(console).await.contains("access-control"),
        "codes must not be readable for web pages"
    );
}

/// This server does not verify signatures, so that a page could sign as any user.
#[tokio::test]
async fn signed_operation_from_a_page_of_another_origin_is_refused() {
    const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 Credential=dev/20261121/us-east-1/cognito-idp/aws4_request, \
                          SignedHeaders=host, Signature=00\r\nx-amz-date: 20261121T073000Z\r\n";
    let server = Server::start(measure(), DEFAULT_LIMITS).await;
    let own = "origin: http://x\r\nsec-fetch-site: same-origin\r\n";
    let cases = [
        ("", true),
        (own, true),
        ("sec-fetch-site: none\r\n", true),
        ("origin: http://localhost:3000\r\nsec-fetch-site: same-site\r\n", false),
        ("origin: https://evil.example\r\nsec-fetch-site: cross-site\r\n", false),
        ("origin: http://x:3000\r\n", false),
        ("origin: null\r\n", false),
        ("sec-fetch-site: cross-site\r\n", false),
    ];
    for (page, is_allowed) in cases {
        let signed = server.send(&post("AdminConfirmSignUp", &format!("{SIGNED}{page}"), "{}")).await;
        let status = if is_allowed { "HTTP/1.1 200 " } else { "HTTP/1.1 403 " };
        assert!(signed.starts_with(status), "{page}: {signed}");
        assert_eq!(signed.contains("ForbiddenException") && signed.contains("--admin-origin"), !is_allowed);
        // Operations without AWS credentials are there for pages, even if a client signs all its requests.
        for headers in [page.to_owned(), format!("{SIGNED}{page}")] {
            assert!(
                server.send(&post("SignUp", &headers, "{}")).await.starts_with("HTTP/1.1 200 "),
                "{page}"
            );
        }
    }
    // DNS rebinding: to the browser the page has the server's own origin.
    let rebound = post("AdminConfirmSignUp", &format!("{SIGNED}origin: http://evil.example\r\n"), "{}");
    let rebound = rebound.replace("host: x", "host: evil.example");
    assert!(server.send(&rebound).await.starts_with("HTTP/1.1 403 "));
}

/// Requests to every surface, with the permissions of web pages of other origins.
#[tokio::test]
async fn each_surface_responds_with_its_own_cross_origin_rules() {
    const PREFLIGHT: &str = "origin: http://page\r\naccess-control-request-method: POST\r\n";
    const TARGET: &str = "x-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n";
    const PAGE: &str = "origin: http://page\r\n";
    let server = Server::start(measure(), DEFAULT_LIMITS).await;
    // (request line, headers, status, part of the body, whether a page of another origin may read it)
    let cases = [
        ("POST /", TARGET, 200, "length 0", true),
        ("POST http://lido.example/", TARGET, 200, "length 0", true),
        ("POST //", TARGET, 200, "length 0", true),
        ("POST /nothing", "", 200, "length 0", true),
        ("GET /nothing", "", 404, "nothing at this path", true),
        ("HEAD /nothing", "", 404, "", true),
        ("OPTIONS *", "", 404, "nothing at this path", true),
        ("OPTIONS /", PREFLIGHT, 204, "", true),
        ("OPTIONS *", PREFLIGHT, 204, "", true),
        ("OPTIONS /nothing", PREFLIGHT, 204, "", true),
        ("GET /_lido/health", "", 200, "ok", false),
        ("HEAD /_lido/health", "", 200, "", false),
        ("GET http://lido.example/_lido/health", "", 200, "ok", false),
        ("POST /_lido/health", TARGET, 405, "Ask by GET", false),
        ("OPTIONS /_lido/health", PREFLIGHT, 405, "Ask by GET", false),
        ("GET /_lido/messages", PAGE, 403, "tools and tests", false),
        ("GET /_lido/", "", 404, "no such page", false),
        ("GET /_lido/x/y", "", 404, "no such page", false),
        ("GET /r_p/.well-known/jwks.json", "", 404, "User pool r_p does not exist.", true),
        ("HEAD /r_p/.well-known/jwks.json", "", 404, "", true),
        ("POST /r_p/.well-known/openid-configuration", TARGET, 405, "Ask by GET.", true),
        ("OPTIONS /r_p/.well-known/jwks.json", PREFLIGHT, 204, "", true),
        ("OPTIONS /r_p/.well-known/jwks.json", "", 405, "Ask by GET.", true),
        ("GET /confirmUser", "", 400, "not whole", false),
        ("HEAD /confirmUser", "", 200, "", false),
        ("POST /confirmUser", TARGET, 405, "Open this link", false),
        ("OPTIONS /confirmUser", PREFLIGHT, 204, "", false),
        ("OPTIONS /confirmUser", "", 405, "Open this link", false),
    ];
    for (line, headers, status, body, is_readable) in cases {
        for page in ["", PAGE] {
            // The console refuses web pages, except for its health.
            let is_refused = line.contains("/_lido/") && !line.contains("health");
            if !page.is_empty() && (headers.contains(page) || is_refused) {
                continue;
            }
            let request = format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}{page}\r\n");
            let response = server.send(&request).await;
            assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{request}{response}");
            let (head, text) = response.split_once("\r\n\r\n").expect("a head");
            assert!(text.contains(body) && text.is_empty() == body.is_empty(), "{request}{response}");
            // A cache may give the document to a page after another caller has asked for it.
            let is_kept = line.contains("/.well-known/");
            let is_from_page = is_kept || headers.contains("origin") || !page.is_empty();
            let is_permitted = head.contains("access-control-allow-origin: *");
            assert_eq!(is_permitted, is_readable && is_from_page, "{request}{response}");
            assert!(head.contains("x-amzn-requestid: "), "{request}{response}");
        }
    }
}

/// A client that reads only the head may close a connection whose body has not arrived yet.
#[tokio::test]
async fn head_and_body_are_sent_together() {
    let server = Server::start(measure(), DEFAULT_LIMITS).await;
    let mut stream = server.connect().await;
    stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
    let mut response = vec![0; 4096];
    let length = stream.read(&mut response).await.expect("an response");
    let response = String::from_utf8_lossy(&response[..length]);
    assert!(response.ends_with("\r\n\r\nlength 2"), "one read gave {response}");
}

#[tokio::test]
async fn slow_or_idle_connection_is_closed() {
    let short = |limits: &mut Limits| {
        limits.deadlines.head = Duration::from_millis(100);
        limits.deadlines.idle = Duration::from_millis(400);
    };
    let server = Server::start(measure(), short).await;
    // No byte; half a head; requests with responses, then no byte.
    let started = std::time::Instant::now();
    assert_eq!(server.send("").await, "");
    assert!(started.elapsed() >= Duration::from_millis(400));
    assert_eq!(server.send("POST / HTTP/1.1\r\nhost:").await, "");
    let keep_alive = post("SignUp", "", "{}").replace("connection: close\r\n", "");
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream.write_all(keep_alive.as_bytes()).await.expect("sent");
        let mut response = [0; 512];
        let length = stream.read(&mut response).await.expect("a response");
        assert!(response[..length].ends_with(b"length 2"));
        // Longer than the timeout of a head, and shorter than the idle timeout.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn shutdown_waits_for_requests_in_flight() {
    let slow = tower::service_fn(|_| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from_static(b"{}"))))
    });
    let server = Server::start(slow, DEFAULT_LIMITS).await;
    let _idle = server.connect().await;
    let mut stream = server.connect().await;
    stream
        .write_all(post("SignUp", "", "{}").replace("connection: close\r\n", "").as_bytes())
        .await
        .expect("sent");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(()).expect("it runs");
    assert!(
        rest(&mut stream).await.ends_with("{}"),
        "the request in flight gets its response, and then the connection is closed"
    );
    assert!(server.served.await.expect("no panic"));

    let server = Server::start(slow, |limits| limits.stop = Duration::from_millis(50)).await;
    let mut stream = server.connect().await;
    stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(()).expect("it runs");
    assert!(!server.served.await.expect("no panic"), "serve() returns that it did not wait");
}
