//! Handshakes on a real socket: what is negotiated, and which limits they have.

use std::{convert::Infallible, future::ready, num::NonZeroUsize, time::Duration};

use http::Response;
use http_body_util::Full;
use lido_runtime::{Bytes, server::body::from_bytes};
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    tests::{Server, measure, post, rest},
    *,
};
use crate::{
    operations::Origin,
    tls::{Tls, certificate::Certificate},
};

const TIMEOUT: Duration = Duration::from_secs(20);

/// A server with TLS and its certificate.
struct TlsServer {
    server: Server,
    certificate: CertificateDer<'static>,
}

impl TlsServer {
    async fn start(change: impl FnOnce(&mut Limits)) -> Self {
        Self::start_with(measure(), change).await
    }

    async fn start_with(operations: impl OperationService, change: impl FnOnce(&mut Limits)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        let key = key.serialize_der().try_into().expect("a key");
        let tls = Tls::new(Certificate::new(vec![certificate.clone()], key).expect("a certificate"));
        let server = Server::start_with(operations, tls.ok(), change).await;
        Self { server, certificate }
    }

    /// Connects with these versions and protocols.
    async fn connect(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let mut config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, self.server.connect().await).await
    }

    /// Sends a request on a new connection, and returns the response.
    async fn request(&self) -> String {
        let mut stream = self.connect(&[&TLS13], &[]).await.expect("a handshake");
        stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
        let mut response = Vec::new();
        let read = timeout(TIMEOUT, stream.read_to_end(&mut response)).await;
        read.expect("in time").expect("the end of the connection is told");
        String::from_utf8(response).expect("text")
    }
}

#[tokio::test]
async fn handshake_negotiates_http_1_1_with_tls_1_2_or_later() {
    let tls = TlsServer::start(|_| {}).await;
    for (versions, protocols, negotiated) in [
        (&[&TLS13][..], &[][..], None),
        (&[&TLS12], &["http/1.1"], Some("http/1.1")),
        (&[&TLS12, &TLS13], &["h2", "http/1.1"], Some("http/1.1")),
    ] {
        let mut stream = tls.connect(versions, protocols).await.expect("a handshake");
        let found = stream.get_ref().1.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
        assert_eq!(found.as_deref(), negotiated, "{protocols:?}");
        stream.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
        let mut response = [0; 512];
        let length = stream.read(&mut response).await.expect("a response");
        // Head and body are one record, as without TLS.
        assert!(response[..length].ends_with(b"length 2"), "{:?}", String::from_utf8_lossy(&response));
    }
    assert!(tls.connect(&[&TLS13], &["h2"]).await.is_err(), "no HTTP/2 is served");
}

#[tokio::test]
async fn base_of_a_request_over_tls_is_https() {
    let operations = tower::service_fn(|request: Request<Full<Bytes>>| {
        let base = Origin::of(&request.into_parts().0).base().unwrap_or_default();
        ready(Ok::<_, Infallible>(Response::new(from_bytes(Bytes::from(base)))))
    });
    let tls = TlsServer::start_with(operations, |_| {}).await;
    assert!(tls.request().await.ends_with("\r\n\r\nhttps://x"));
    let plain = Server::start(operations, |_| {}).await;
    assert!(plain.send(&post("SignUp", "", "{}")).await.ends_with("\r\n\r\nhttp://x"));
}

#[tokio::test]
async fn slow_handshake_ends_after_the_time_of_a_head() {
    let short = |limits: &mut Limits| {
        limits.deadlines.head = Duration::from_millis(100);
        limits.deadlines.idle = Duration::from_millis(600);
    };
    let tls = TlsServer::start(short).await;
    // The begin of a record of 512 bytes.
    let mut half = tls.server.connect().await;
    half.write_all(&[22, 3, 1, 2, 0, 1]).await.expect("sent");
    assert_eq!(rest(&mut half).await, "");
    // Bytes that trickle do not prolong it.
    let mut trickle = tls.server.connect().await;
    trickle.write_all(&[22, 3, 1, 2, 0, 1]).await.expect("sent");
    let trickled = async {
        while trickle.write_all(&[0]).await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(TIMEOUT, trickled).await.expect("it is closed");
    // A connection whose handshake is done has the time between two requests.
    let mut idle = tls.connect(&[&TLS13], &[]).await.expect("a handshake");
    sleep(Duration::from_millis(250)).await;
    idle.write_all(post("SignUp", "", "{}").as_bytes()).await.expect("sent");
    let mut response = Vec::new();
    timeout(TIMEOUT, idle.read_to_end(&mut response)).await.expect("in time").expect("a response");
    assert!(response.ends_with(b"length 2"));
}

#[tokio::test]
async fn handshakes_that_do_not_end_give_way_to_a_new_connection() {
    let tls = TlsServer::start(|limits| limits.connections = 3).await;
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut stream = tls.server.connect().await;
        stream.write_all(&[22, 3, 1, 2, 0, 1]).await.expect("sent");
        slow.push(stream);
    }
    assert!(timeout(TIMEOUT, tls.request()).await.expect("in time").ends_with("length 2"));
    assert_eq!(rest(&mut slow[0]).await, "", "the one that waited longest was closed");
}

#[tokio::test]
async fn handshakes_count_for_their_address() {
    let limit = NonZeroUsize::new(2);
    let tls = TlsServer::start(|limits| limits.connections_per_address = limit).await;
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut stream = tls.server.connect().await;
        stream.write_all(&[22, 3, 1, 2, 0, 1]).await.expect("sent");
        slow.push(stream);
    }
    assert_eq!(rest(&mut slow[0]).await, "", "the third replaced it");
}

#[tokio::test]
async fn plain_http_is_told_to_use_https() {
    let tls = TlsServer::start(|_| {}).await;
    let response = tls.server.send(&post("SignUp", "", "{}")).await;
    assert!(response.starts_with("HTTP/1.1 400 ") && response.contains("https://"), "{response}");
    assert!(tls.request().await.ends_with("length 2"));
}

#[tokio::test]
async fn replaced_certificate_is_that_of_the_next_handshake() {
    let made = || {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        let key = key.serialize_der().try_into().expect("a key");
        (certificate.clone(), Certificate::new(vec![certificate], key).expect("a certificate"))
    };
    let ((_, first), (certificate, second)) = (made(), made());
    let tls = Tls::new(first).expect("TLS");
    let server = Server::start_with(measure(), Some(tls.clone()), |_| {}).await;
    let server = TlsServer { server, certificate };
    assert!(server.connect(&[&TLS13], &[]).await.is_err(), "another certificate");
    tls.replace(second);
    assert!(server.request().await.ends_with("length 2"));
}
