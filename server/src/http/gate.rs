//! The limits on requests: addresses, credentials and request rates.
//!
//! [`super::source`] checks addresses before the body is read, [`crate::api`] credentials and rates after it.

use ipnet::IpNet;

use super::source::SourceFilter;
use crate::{credentials::Credentials, rates::Rates};

/// The limits on requests. A gate from credentials alone has no other limits.
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

    /// Trusts the forwarding headers of proxies at these addresses.
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
