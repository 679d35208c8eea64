//! Tests of the fetch, one for each rule of a server that must not be made to ask others: against a server of TLS on
//! this machine, which only the resolver of a test leads to.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use serde_json::json;

use super::*;

/// A resolver that leads every name to this machine, and counts the lookups.
#[derive(Debug, Default)]
struct ThisMachine(AtomicUsize);

impl Resolve for ThisMachine {
    fn resolve(&self, _: Name) -> Resolving {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Box::new([SocketAddr::from(([127, 0, 0, 1], 0))].into_iter()) as Addrs) })
    }
}

/// A server with a certificate for `app.example.test`, and a source that trusts and finds it.
struct Site {
    source: HttpMetadata,
    lookups: Arc<ThisMachine>,
    port: u16,
    requests: Mutex<mpsc::Receiver<String>>,
}

impl Site {
    /// Starts a server that answers each request with these bytes, and with `repeated` until the client hangs up.
    fn serve(answer: impl Fn(u16) -> String + Send + 'static, repeated: &'static [u8]) -> Self {
        let authority_key = rcgen::KeyPair::generate().expect("a key");
        let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root = authority.self_signed(&authority_key).expect("a certificate");
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().expect("a key");
        let of_server =
            rcgen::CertificateParams::new(vec!["app.example.test".to_owned()]).expect("parameters");
        let of_server = of_server.signed_by(&key, &issuer).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![of_server.der().clone()], key)
            .expect("a certificate");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, requests) = mpsc::channel();
        let config = Arc::new(config);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), Ok(session)) = (stream, ServerConnection::new(Arc::clone(&config))) else {
                    continue;
                };
                let mut stream = StreamOwned::new(session, stream);
                let mut request = Vec::new();
                let mut buffer = [0; 1024];
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut buffer) {
                        Ok(count) if count > 0 => {
                            request.extend_from_slice(buffer.get(..count).unwrap_or_default())
                        }
                        _ => break,
                    }
                }
                if request.is_empty() {
                    // The handshake has failed.
                    continue;
                }
                sender.send(String::from_utf8_lossy(&request).to_lowercase()).ok();
                let mut sent = stream.write_all(answer(port).as_bytes());
                while sent.is_ok() && !repeated.is_empty() {
                    sent = stream.write_all(repeated);
                }
                if answer(port).is_empty() {
                    // The connection stays open without an answer.
                    std::mem::forget(stream);
                }
            }
        });
        let lookups = Arc::new(ThisMachine::default());
        let root = reqwest::Certificate::from_der(root.der()).expect("a certificate");
        let client = guarded(Duration::from_millis(1_500)).dns_resolver(Arc::clone(&lookups));
        let client = client.tls_certs_only([root]).build().expect("a client");
        let source = HttpMetadata::default();
        source.client.set(client).expect("the first client");
        Self { source, lookups, port, requests: Mutex::new(requests) }
    }

    fn url(&self) -> String {
        format!("https://app.example.test:{}/client.json", self.port)
    }

    async fn fetch(&self) -> Result<Value, MetadataFault> {
        self.source.fetch(&self.url()).await
    }

    /// Returns the requests that have arrived.
    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").try_iter().collect()
    }
}

fn document(port: u16) -> String {
    json!({ "client_id": format!("https://app.example.test:{port}/client.json") }).to_string()
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn document_is_fetched_with_one_lookup_and_nothing_of_the_server() {
    let site = Site::serve(|port| ok(&document(port)), b"");
    for lookups in 1..3 {
        assert_eq!(site.fetch().await.expect("a document")["client_id"], site.url());
        // A name that leads elsewhere a moment later gains nothing: the connection has the address that was looked up.
        assert_eq!(site.lookups.0.load(Ordering::Relaxed), lookups);
    }
    let [request, _] = site.requests().try_into().expect("two requests");
    assert!(request.starts_with("get /client.json http/1.1\r\n"), "{request}");
    let mut names: Vec<&str> =
        request.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"]);
}

#[tokio::test]
async fn address_that_is_no_https_url_of_a_host_is_not_asked() {
    let source = HttpMetadata::default();
    for url in [
        "https://127.0.0.1/client.json",
        "https://[::1]/client.json",
        "https://[::ffff:127.0.0.1]/client.json",
        "https://169.254.169.254/latest/meta-data",
        "https://0x7f000001/client.json",
        "https://2130706433/client.json",
        "https://0177.1/client.json",
        "https://127.1/client.json",
        "https://user@example.com/client.json",
        "https://:password@example.com/client.json",
        "http://example.com/client.json",
        "ftp://example.com/client.json",
        "file:///etc/passwd",
        "client.json",
    ] {
        assert!(matches!(source.fetch(url).await, Err(MetadataFault::Address)), "{url}");
    }
}

#[tokio::test]
async fn name_that_resolves_inside_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("set");
    let port = listener.local_addr().expect("an address").port();
    let source = HttpMetadata::default();
    for name in ["localhost", "localhost.", "LOCALHOST"] {
        let fault = source.fetch(&format!("https://{name}:{port}/client.json")).await.expect_err("a fault");
        assert!(matches!(fault, MetadataFault::NoAnswer(_)), "{name}: {fault}");
        let accepted = listener.accept().map(drop).map_err(|error| error.kind());
        assert_eq!(accepted, Err(ErrorKind::WouldBlock), "{name}");
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let site = Site::serve(
            move |port| {
                let target = format!("https://app.example.test:{port}/other.json");
                format!("HTTP/1.1 {status} Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n")
            },
            b"",
        );
        let fault = site.fetch().await.expect_err("a fault");
        assert!(matches!(fault, MetadataFault::Status(found) if found == status), "{fault}");
        assert_eq!(site.requests().len(), 1);
    }
}

#[tokio::test]
async fn body_that_does_not_end_is_cut_off() {
    let site = Site::serve(|_| "HTTP/1.1 200 OK\r\n\r\n".to_owned(), &[b' '; 1_000]);
    let fault = site.fetch().await.expect_err("a fault");
    assert!(matches!(fault, MetadataFault::Document(DocumentFault::TooLarge)), "{fault}");
}

#[tokio::test]
async fn server_that_does_not_answer_is_left() {
    let site = Site::serve(|_| String::new(), b"");
    let fault = site.fetch().await.expect_err("a fault");
    assert!(matches!(fault, MetadataFault::NoAnswer(_)), "{fault}");
}

#[tokio::test]
async fn certificate_of_another_name_is_refused() {
    let site = Site::serve(|port| ok(&document(port)), b"");
    let url = format!("https://other.example.test:{}/client.json", site.port);
    assert!(matches!(site.source.fetch(&url).await, Err(MetadataFault::NoAnswer(_))));
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn no_more_documents_are_fetched_at_a_time_than_may_be() {
    let site = Site::serve(|port| ok(&document(port)), b"");
    let places =
        site.source.places.acquire_many(u32::try_from(MAX_FETCHES).expect("few")).await.expect("places");
    assert!(matches!(site.fetch().await, Err(MetadataFault::Busy)));
    drop(places);
    site.fetch().await.expect("a document");
}
