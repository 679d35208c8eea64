//! TLS of the listener, by rustls: which certificate it presents, and what it negotiates.
//!
//! [`certificate`] reads the files, [`reload`] replaces the certificate while the server runs, [`localhost`] makes one for
//! development. [`crate::http`] does the handshakes, within the limits of its connections.

pub mod certificate;
pub mod localhost;
pub mod reload;

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use self::certificate::Certificate;

/// The first byte of a TLS connection: the type of a record of the handshake.
pub(crate) const HANDSHAKE: u8 = 22;

/// TLS of a listener. A clone presents the same certificate, also after it is replaced.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
    certificate: Arc<CurrentCertificate>,
}

impl Tls {
    /// Returns TLS that presents `certificate`: TLS 1.2 and 1.3, and HTTP/1.1 alone in ALPN, because the server speaks no
    /// other protocol.
    ///
    /// # Errors
    /// The cryptographic library refuses its own defaults, or has no randomness.
    pub fn new(certificate: Certificate) -> Result<Self, rustls::Error> {
        let certificate = Arc::new(CurrentCertificate(RwLock::new(certificate.key)));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<CurrentCertificate>::clone(&certificate));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Tickets instead of a cache: a client that comes back costs no memory in between. Data before the end of the
        // handshake, which others can send again, is off by default.
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(Self { config: Arc::new(config), certificate })
    }

    /// Presents another certificate from the next handshake on. Connections that are open stay open.
    pub fn replace(&self, certificate: Certificate) {
        *self.certificate.0.write().unwrap_or_else(PoisonError::into_inner) = certificate.key;
    }

    /// Does the handshake of a connection.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await
    }
}

/// The certificate that handshakes present.
#[derive(Debug)]
struct CurrentCertificate(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for CurrentCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}
