//! The settings of TLS, and what the other settings must be with it.

use std::{net::SocketAddr, path::Path};

use lido::tls::{certificate::CertificateFiles, localhost::LocalhostFiles};

use super::{ConfigError, DEV_STORE, MergedOptions, PublicUrl, StoreLocation, missing, option_name, resolve};

/// Where the certificate of the listener comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TlsSource {
    /// The files of `--tls-cert` and `--tls-key`.
    Files(CertificateFiles),
    /// The files that `--tls` makes.
    Localhost(LocalhostFiles),
}

/// The settings of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    pub(crate) source: TlsSource,
    /// The addresses of `--http-redirect`, the first of which that is available is used.
    pub(crate) redirect: Vec<SocketAddr>,
}

impl MergedOptions {
    /// Returns the settings of TLS, if the listener uses it. `is_made` is whether `--tls` is set.
    pub(super) fn tls(
        &self,
        store: &StoreLocation,
        is_made: bool,
    ) -> Result<Option<TlsSettings>, ConfigError> {
        let source = match (&self.tls_cert, &self.tls_key) {
            (Some(_), _) | (_, Some(_)) if is_made => {
                return Err(ConfigError::Usage(format!(
                    "{} makes a certificate by itself; remove it, or --tls-cert and --tls-key",
                    option_name("--tls")
                )));
            }
            (Some(certificate), Some(key)) => {
                TlsSource::Files(CertificateFiles { certificate: certificate.clone(), key: key.clone() })
            }
            (Some(_), None) => return Err(missing("--tls-cert", "--tls-key FILE")),
            (None, Some(_)) => return Err(missing("--tls-key", "--tls-cert FILE")),
            (None, None) if is_made => made(store),
            (None, None) if self.http_redirect.is_some() => {
                return Err(missing("--http-redirect", "--tls-cert FILE and --tls-key FILE"));
            }
            (None, None) => return Ok(None),
        };
        self.check_public_url()?;
        let redirect = self.http_redirect.as_deref().map(|text| resolve("--http-redirect", text));
        Ok(Some(TlsSettings { source, redirect: redirect.transpose()?.unwrap_or_default() }))
    }

    /// Refuses a public URL that clients cannot use: the listener would answer it with an error.
    fn check_public_url(&self) -> Result<(), ConfigError> {
        match &self.public_url {
            Some(PublicUrl(url)) if url.starts_with("http://") => Err(ConfigError::Usage(format!(
                "{} {url} must begin with https://, because the server speaks HTTPS",
                option_name("--public-url")
            ))),
            _ => Ok(()),
        }
    }
}

/// Returns where the certificate of `--tls` is kept: beside the store, or in the folder that it has by default, so that
/// clients need not trust another one after each start.
fn made(store: &StoreLocation) -> TlsSource {
    let folder = match store {
        StoreLocation::Sqlite(path) => path.parent(),
        StoreLocation::Postgres(_) | StoreLocation::Memory => Path::new(DEV_STORE).parent(),
    };
    TlsSource::Localhost(LocalhostFiles::of(folder.unwrap_or(Path::new(""))))
}
