//! What a request must pass before it is read: what was configured about who may come, and how often.
//!
//! A refusal's order, cheapest first: the address, before the body is read; then, with the body at hand, the signature
//! and the policies of whoever signed (`signature`), and the request rate (`rates`). *Chosen*: the rate after the
//! signature, so that nobody uses a quota up in the name of those who may sign.

use ipnet::IpNet;

use super::{rates::Rates, source::Sources};
use crate::credentials::Credentials;

/// The gate. A new one lets anybody in who signs as the credentials say.
#[derive(Debug)]
pub struct Gate {
    pub(super) credentials: Credentials,
    pub(super) sources: Sources,
    pub(super) rates: Option<Rates>,
}

impl From<Credentials> for Gate {
    fn from(credentials: Credentials) -> Self {
        Self { credentials, sources: Sources::default(), rates: None }
    }
}

impl Gate {
    /// Takes nothing from these addresses.
    #[must_use]
    pub fn refusing(mut self, ranges: Vec<IpNet>) -> Self {
        self.sources.refused = ranges;
        self
    }

    /// Believes proxies at these addresses whom they forward for.
    #[must_use]
    pub fn trusting(mut self, proxies: Vec<IpNet>) -> Self {
        self.sources.proxies = proxies;
        self
    }

    /// Takes only so many requests a second.
    #[must_use]
    pub fn limited(mut self, rates: Rates) -> Self {
        self.rates = Some(rates);
        self
    }
}
