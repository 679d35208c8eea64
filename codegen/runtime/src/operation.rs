//! The trait of the generated enum of operations, and the schemes by which an operation authenticates its callers.

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::{Rejection, Settings, router};

/// The operations of a service. Implemented by the generated enum.
pub trait Operation: Copy + Send + Sync + Unpin + std::fmt::Debug + 'static {
    /// Every operation, in the order of their indices.
    const ALL: &'static [Self];

    /// The service name, which precedes the operation's name in `X-Amz-Target`.
    const SERVICE: &'static str;

    /// Returns the settings of the service.
    fn settings() -> &'static Settings;

    /// Returns the operation of this name, spelled as in the model, or `None` if there is none.
    fn find(name: &str) -> Option<Self>;

    /// Returns the position of the operation in [`Operation::ALL`].
    fn index(self) -> usize;

    /// Returns the name of the operation in the model.
    fn name(self) -> &'static str;

    /// Returns the schemes by which the operation authenticates its callers, the preferred one first. There is at least one:
    /// [`AuthScheme::NoAuth`] if callers are anonymous.
    fn auth(self) -> &'static [AuthScheme];

    /// Returns whether callers may be anonymous.
    fn is_public(self) -> bool {
        self.auth().contains(&AuthScheme::NoAuth)
    }

    /// Reads and checks the body of a request for the operation, and discards the input.
    ///
    /// # Errors
    /// Returns a rejection if the body cannot be read or violates constraints.
    fn check(self, headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection>;

    /// Returns the operation that `request` calls, or `None` if its target is not an operation of the service.
    fn of<B>(request: &Request<B>) -> Option<Self> {
        let (service, name) = router::target(request)?.split_once('.')?;
        if service == Self::SERVICE { Self::find(name) } else { None }
    }
}

/// A scheme by which callers are authenticated: a trait of the service, which the traits `smithy.api#auth` and
/// `smithy.api#optionalAuth` of an operation select. Generated code verifies none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthScheme {
    /// None: the operation is public, or its input carries a credential.
    NoAuth,
    /// AWS Signature Version 4 (`aws.auth#sigv4`).
    SigV4,
    /// AWS Signature Version 4A (`aws.auth#sigv4a`).
    SigV4a,
    /// A bearer token, RFC 6750 (`smithy.api#httpBearerAuth`).
    HttpBearer,
    /// A name and password, RFC 7617 (`smithy.api#httpBasicAuth`).
    HttpBasic,
    /// A digest of a name and password, RFC 7616 (`smithy.api#httpDigestAuth`).
    HttpDigest,
    /// A key in a header or in the query (`smithy.api#httpApiKeyAuth`).
    HttpApiKey {
        /// The name of the header or of the query parameter.
        name: &'static str,
        /// Where the key is.
        location: ApiKeyLocation,
        /// The word that precedes the key in the header `Authorization`.
        scheme: Option<&'static str>,
    },
    /// A scheme that the model defines: its shape id.
    Custom(&'static str),
}

/// Where a request carries an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiKeyLocation {
    /// In a header.
    Header,
    /// In the query of the URL.
    Query,
}
