//! TLS to the database, in the modes that libpq names.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
};

use super::address::AddressError;

/// What of the other end is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS if the other end has it; nothing is verified.
    Prefer,
    /// TLS; nothing is verified.
    Require,
    /// TLS, and the certificate is of a known authority.
    VerifyCa,
    /// The same, and it has the name of the host.
    VerifyFull,
}

/// The files of certificates.
#[derive(Clone, Debug, Default)]
pub(super) struct Certificates {
    /// The authorities, or `system` for those of this machine.
    pub(super) roots: Option<PathBuf>,
    /// The certificate of this client.
    pub(super) client: Option<PathBuf>,
    /// Its key.
    pub(super) key: Option<PathBuf>,
}

/// Returns the configuration of TLS for a mode.
pub(super) fn client_config(mode: TlsMode, files: &Certificates) -> Result<ClientConfig, AddressError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let wrong = |error: Error| AddressError::Option(format!("TLS to the database cannot be set up: {error}"));
    let inner = match mode {
        TlsMode::VerifyCa | TlsMode::VerifyFull => Some(verifier(files, &provider)?),
        TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => None,
    };
    let verifier =
        DatabaseVerifier { inner, checks_name: mode == TlsMode::VerifyFull, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match (&files.client, &files.key) {
        (Some(client), Some(key)) => {
            let chain = certificates("sslcert", client)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("sslkey", key, &error))?;
            builder.with_client_auth_cert(chain, key).map_err(wrong)?
        }
        _ => builder.with_no_client_auth(),
    };
    // Required by sslnegotiation=direct, and ignored by servers that do not know it.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

fn verifier(
    files: &Certificates,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, AddressError> {
    let wrong = |error: &dyn std::fmt::Display| {
        AddressError::Option(format!("the authorities of sslrootcert cannot be used: {error}"))
    };
    let Some(path) = &files.roots else {
        return Err(AddressError::Option(
            "sslmode verify-ca and verify-full require sslrootcert: a file with the certificates of authorities, or \
             system for those of this machine"
                .into(),
        ));
    };
    if path.as_os_str() == "system" {
        let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(provider));
        return Ok(Arc::new(verifier.map_err(|error| wrong(&error))?));
    }
    let mut roots = RootCertStore::empty();
    for certificate in certificates("sslrootcert", path)? {
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    Ok(verifier.map_err(|error| wrong(&error))?)
}

fn certificates(option: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, AddressError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let read = read.map_err(|error| unusable(option, path, &error))?;
    match read.is_empty() {
        true => Err(unusable(option, path, &"it has no certificate")),
        false => Ok(read),
    }
}

fn unusable(option: &'static str, path: &Path, error: &dyn std::fmt::Display) -> AddressError {
    AddressError::File { option, path: path.to_owned(), source: std::io::Error::other(error.to_string()) }
}

/// Verifies what the mode asks for. Signatures of the handshake are verified in every mode.
#[derive(Debug)]
struct DatabaseVerifier {
    /// Verifies the chain and the name; `None` accepts every certificate.
    inner: Option<Arc<dyn ServerCertVerifier>>,
    checks_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for DatabaseVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        match inner.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The chain is verified before the name.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
