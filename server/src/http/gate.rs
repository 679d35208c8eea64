//! The configuration of who may send requests, and how many: addresses, credentials and request rates.
//!
//! Addresses are checked by [`super::source`] before the body is read, credentials and rates by [`crate::api`] with the
//! body at hand.

use ipnet::IpNet;

use super::source::SourceFilter;
use crate::{credentials::Credentials, rates::Rates};

/// Who may send requests, and how many. Made of credentials, it has no other limit.
#[derive(Debug)]
pub struct Gate {
    pub(super) credentials: Credentials,
    pub(super) sources: SourceFilter,
    pub(super) rates: Option<Rates>,
}

impl From<Credentials> for Gate {
    fn from(credentials: Credentials) -> Self {
        Self { credentials, sources: SourceFilter::default(), rates: None }
    }
}

impl Gate {
    /// Refuses requests from these addresses.
    #[must_use]
    pub fn refusing(mut self, ranges: Vec<IpNet>) -> Self {
        self.sources.refused = ranges;
        self
    }

    /// Trusts proxies at these addresses to name the client.
    #[must_use]
    pub fn trusting(mut self, proxies: Vec<IpNet>) -> Self {
        self.sources.proxies = proxies;
        self
    }

    /// Limits the request rates.
    #[must_use]
    pub fn limited(mut self, rates: Rates) -> Self {
        self.rates = Some(rates);
        self
    }
}
