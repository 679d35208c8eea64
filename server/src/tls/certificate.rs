//! The files of `--tls-cert` and `--tls-key`: PEM, the certificate of the server first, then those that lead to its
//! authority.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    CertificateError, InconsistentKeys,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _},
    sign::CertifiedKey,
};
use zeroize::Zeroizing;

use crate::{clock::Clock, keys::file::is_open_to_others};

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// The days before its end from which a certificate is warned of.
///
/// *Chosen*: authorities that renew by themselves do so thirty days before, so that something is wrong by then.
const WARNED_DAYS: i64 = 14;

/// The files of a certificate and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificates, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// A certificate with those that lead to its authority, and its private key.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    validity: Validity,
}

/// The reason why a certificate cannot be used. The texts are for the operator and quote no byte of the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsFileError {
    /// A file cannot be read.
    #[error("the file {path} of {option} cannot be read: {reason}; check its path and permissions")]
    Io {
        /// The option that names the file.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: io::Error,
    },
    /// The file has no certificate, or is no PEM.
    #[error(
        "the file {path} of --tls-cert has no certificate that can be read; it must be PEM, with the certificate of the \
         server first"
    )]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The file has no private key, or is no PEM.
    #[error(
        "the file {path} of --tls-key has no private key that can be read; it must be PEM, without a password"
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is of a kind that TLS here does not know.
    #[error(
        "the private key in {path} is of a kind that cannot be used; use ECDSA (P-256), Ed25519 or RSA (2048 bits)"
    )]
    UnknownKey {
        /// The file.
        path: PathBuf,
    },
    /// The key belongs to another certificate.
    #[error(
        "the private key in {key} does not belong to the first certificate in {certificate}; check --tls-cert and --tls-key"
    )]
    OtherKey {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

impl CertificateFiles {
    /// Reads the files and checks that they belong together.
    ///
    /// # Errors
    /// A file cannot be read, has not what it must have, or the key is that of another certificate.
    pub fn load(&self) -> Result<Certificate, TlsFileError> {
        self.read()?.parse(self)
    }

    /// Reads the bytes of both files.
    pub(super) fn read(&self) -> Result<FileContents, TlsFileError> {
        let read = |option, path: &Path| {
            fs::read(path).map_err(|reason| TlsFileError::Io { option, path: path.to_owned(), reason })
        };
        let contents = FileContents {
            certificate: read("--tls-cert", &self.certificate)?,
            key: Zeroizing::new(read("--tls-key", &self.key)?),
        };
        Ok(contents)
    }

    /// Logs a warning if other users of this machine can read the key.
    pub fn warn_of_readers(&self) {
        if is_open_to_others(&self.key).unwrap_or(false) {
            tracing::warn!(
                path = %self.key.display(),
                "other users of this machine can read the private key of --tls-key; restrict it with chmod 600"
            );
        }
    }
}

/// The bytes of both files.
#[derive(PartialEq, Eq)]
pub(super) struct FileContents {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl FileContents {
    /// Reads the certificate and its key. `files` are named in errors.
    pub(super) fn parse(&self, files: &CertificateFiles) -> Result<Certificate, TlsFileError> {
        let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let no_certificate = || TlsFileError::NoCertificate { path: files.certificate.clone() };
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(no_certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| TlsFileError::NoKey { path: files.key.clone() })?;
        Certificate::new(chain, key).map_err(|error| match error {
            Mismatch::Certificate => no_certificate(),
            Mismatch::Key => TlsFileError::UnknownKey { path: files.key.clone() },
            Mismatch::Both => {
                TlsFileError::OtherKey { certificate: files.certificate.clone(), key: files.key.clone() }
            }
        })
    }
}

/// What of a certificate and a key does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// The certificate is damaged.
    Certificate,
    /// The key is of an unknown kind.
    Key,
    /// The key is that of another certificate.
    Both,
}

impl Certificate {
    /// Returns the certificate with its key.
    pub(crate) fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, Mismatch> {
        let validity = chain.first().and_then(Validity::of).ok_or(Mismatch::Certificate)?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
        let key = key.map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Mismatch::Both,
            rustls::Error::InvalidCertificate(CertificateError::BadEncoding) => Mismatch::Certificate,
            _ => Mismatch::Key,
        })?;
        Ok(Self { key: Arc::new(key), validity })
    }

    /// Logs a warning if clients refuse the certificate for its dates, or will soon.
    pub fn warn_of_dates(&self, clock: &Clock) {
        if let Some(warning) = self.validity.warning(clock.real_now().as_seconds()) {
            tracing::warn!("the certificate of --tls-cert {warning}");
        }
    }

    /// Returns whether the certificate is not valid yet.
    pub fn begins_later(&self, clock: &Clock) -> bool {
        self.validity.from > clock.real_now().as_seconds()
    }

    /// Returns whether less than this number of days is left until the certificate expires.
    pub fn expires_within(&self, days: i64, clock: &Clock) -> bool {
        self.validity.until - clock.real_now().as_seconds() < days * SECONDS_A_DAY
    }
}

/// The dates of a certificate, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Validity {
    from: i64,
    until: i64,
}

impl Validity {
    fn of(certificate: &CertificateDer<'static>) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let validity = certificate.validity();
        Some(Self { from: validity.not_before.timestamp(), until: validity.not_after.timestamp() })
    }

    /// Returns what is to be said of the dates at the time `now`, if anything is.
    fn warning(self, now: i64) -> Option<impl fmt::Display> {
        let date = |seconds| {
            jiff::Timestamp::from_second(seconds).map_or_else(|_| String::new(), |date| date.to_string())
        };
        if now > self.until {
            Some(format!("has expired on {}: clients refuse it; renew it", date(self.until)))
        } else if now < self.from {
            Some(format!(
                "is valid from {} on only: clients refuse it until then; check the clock",
                date(self.from)
            ))
        } else if self.until - now < WARNED_DAYS * SECONDS_A_DAY {
            Some(format!("expires on {}; renew it before", date(self.until)))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_warned_of_when_clients_refuse_the_certificate_or_will_soon() {
        let validity = Validity { from: 0, until: 100 * SECONDS_A_DAY };
        let warning = |now| validity.warning(now).map(|warning| warning.to_string());
        for (now, expected) in [
            (-1, "is valid from 1970-01-01T00:00:00Z on only: clients refuse it until then; check the clock"),
            (86 * SECONDS_A_DAY + 1, "expires on 1970-04-11T00:00:00Z; renew it before"),
            (100 * SECONDS_A_DAY, "expires on 1970-04-11T00:00:00Z; renew it before"),
            (100 * SECONDS_A_DAY + 1, "has expired on 1970-04-11T00:00:00Z: clients refuse it; renew it"),
        ] {
            assert_eq!(warning(now).as_deref(), Some(expected), "{now}");
        }
        for now in [0, 86 * SECONDS_A_DAY] {
            assert_eq!(warning(now), None, "{now}");
        }
    }
}
