//! The authority that a command trusts beside those of the machine: that of `lido dev --tls`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use reqwest::{Certificate, ClientBuilder};

use crate::config::DEV_AUTHORITY;

/// The option of the authority.
#[derive(Debug, Default, Args)]
pub(crate) struct TrustArguments {
    /// File with a certificate authority to trust, in PEM; without it .lido/tls-ca.pem, which lido dev --tls makes
    #[arg(long, env = "LIDO_CA_CERT", value_name = "FILE", help_heading = super::arguments::SERVER)]
    ca_cert: Option<PathBuf>,
}

impl TrustArguments {
    /// Returns a client that trusts the authority.
    ///
    /// # Errors
    /// The file cannot be read, or has no certificate.
    pub(crate) fn client(&self) -> anyhow::Result<ClientBuilder> {
        let client = ClientBuilder::new().no_proxy();
        let (pem, path) = match &self.ca_cert {
            Some(path) => {
                let pem = fs::read(path).with_context(|| {
                    format!("the file {} of --ca-cert cannot be read; check its path", path.display())
                })?;
                (pem, path.clone())
            }
            None => match fs::read(DEV_AUTHORITY) {
                Ok(pem) => (pem, DEV_AUTHORITY.into()),
                Err(_) => return Ok(client),
            },
        };
        let certificates = Certificate::from_pem_bundle(&pem).ok().filter(|found| !found.is_empty());
        let certificates = certificates.ok_or_else(|| {
            anyhow!("the file {} has no certificate in PEM; name another with --ca-cert", path.display())
        })?;
        Ok(client.tls_certs_merge(certificates))
    }
}
