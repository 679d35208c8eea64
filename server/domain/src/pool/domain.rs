//! User pool domains: the host names of the OAuth endpoints and the sign-in pages.
//!
//! A pool has at most one prefix domain, such as `shop`, and one custom domain, such as `auth.example.com`. They are stored
//! in the record of the pool ([`PoolRecord::domains`](crate::record::PoolRecord::domains)), so that every request that reads
//! the pool knows them; that no two pools have the same one is guaranteed by a claim of the store. The rules of the
//! operations on domains are in [`crate::flow::domains`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Timestamp,
    id::DomainName,
    refusal::{DomainFault, Refusal},
};

/// A domain of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The name: the prefix, or the full name of a custom domain.
    pub name: DomainName,
    /// The settings that the caller sent.
    #[serde(flatten)]
    pub settings: DomainSettings,
    /// When the domain was created.
    pub created_at: Timestamp,
}

/// The settings of a domain in a request. In an update, an absent setting stays unchanged (*Chosen*: the API reference says
/// only what each changes).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DomainSettings {
    /// `ManagedLoginVersion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<LoginVersion>,
    /// `CustomDomainConfig`. A domain is a custom domain if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// `Routing.Failover`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<Failover>,
}

/// The version of the sign-in pages of a domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum LoginVersion {
    /// 1, the classic pages. The default (*Observed*: domains that were created without a version are described so).
    #[default]
    Classic,
    /// 2, managed login.
    Managed,
}

/// The certificate of a custom domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// `CertificateArn`. It has no effect: TLS is configured on the server.
    pub arn: String,
    /// `SecurityPolicy`, as sent. It has no effect either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
}

/// The Region to which a custom domain leads when the primary Region fails. It has no effect, because a server has one
/// Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failover {
    /// `SecondaryRegion`.
    pub secondary_region: String,
    /// `PrimaryRoute53HealthCheckId`.
    pub health_check: String,
}

/// The domains of a pool.
///
/// # Examples
///
/// ```
/// use lido_domain::pool::domain::Domains;
///
/// assert!(Domains::default().is_empty());
/// assert_eq!(Domains::default().advertised(), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Domains {
    /// The prefix domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Domain>,
    /// The custom domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Domain>,
}

impl LoginVersion {
    /// Returns the number of the version.
    pub const fn number(self) -> u8 {
        match self {
            LoginVersion::Classic => 1,
            LoginVersion::Managed => 2,
        }
    }

    /// Returns the version with this number.
    ///
    /// # Errors
    ///
    /// [`DomainFault::LoginVersion`] if there is none.
    pub fn from_number(number: i64) -> Result<Self, Refusal> {
        [LoginVersion::Classic, LoginVersion::Managed]
            .into_iter()
            .find(|version| i64::from(version.number()) == number)
            .ok_or(Refusal::Domain(DomainFault::LoginVersion))
    }
}

impl From<LoginVersion> for u8 {
    fn from(version: LoginVersion) -> Self {
        version.number()
    }
}

impl TryFrom<u8> for LoginVersion {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        LoginVersion::from_number(number.into())
            .map_err(|_| "the version of managed login is neither 1 nor 2")
    }
}

impl Domain {
    /// Returns whether this is a custom domain.
    pub fn is_custom(&self) -> bool {
        self.settings.certificate.is_some()
    }

    /// Returns the version of the sign-in pages.
    pub fn login(&self) -> LoginVersion {
        self.settings.login.unwrap_or_default()
    }

    /// Returns the host name at the live service: a prefix domain is below a domain of the Region (*Documented*, oau-0001).
    pub fn host(&self, region: &str) -> String {
        if self.is_custom() {
            self.name.to_string()
        } else {
            format!("{}.auth.{region}.amazoncognito.com", self.name)
        }
    }

    /// Returns the host name of a distribution, to which the DNS record of a custom domain would point.
    ///
    /// *Chosen*: there is no such host. The name has the form of the service's own and is the same for each domain as long
    /// as it is called so.
    pub fn distribution(&self) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let digest = Sha256::digest(self.name.as_str());
        let spell = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from);
        let letters: String = digest.iter().take(13).map(spell).collect();
        format!("d{letters}.cloudfront.net")
    }
}

impl Domains {
    /// Returns whether the pool has no domain.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Returns all domains.
    pub fn iter(&self) -> impl Iterator<Item = &Domain> {
        self.prefix.iter().chain(&self.custom)
    }

    /// Returns the domain with this name.
    pub fn find(&self, name: &DomainName) -> Option<&Domain> {
        self.iter().find(|domain| domain.name == *name)
    }

    /// Returns the domain whose URLs the discovery document names: the custom one if the pool has both (*Documented*,
    /// oau-0003).
    pub fn advertised(&self) -> Option<&Domain> {
        self.custom.as_ref().or(self.prefix.as_ref())
    }

    /// Returns whether a domain has the pages of managed login, which not every plan includes.
    pub fn use_managed_login(&self) -> bool {
        self.iter().any(|domain| domain.login() == LoginVersion::Managed)
    }

    /// Returns the place of the domain of this kind.
    pub(crate) fn place(&mut self, is_custom: bool) -> &mut Option<Domain> {
        if is_custom { &mut self.custom } else { &mut self.prefix }
    }
}
