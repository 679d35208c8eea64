//! OAuth 2.0 and OpenID Connect: so far the documents by which tokens are verified ([`discovery`]).
//!
//! The endpoints of the authorization server are not served yet.

mod discovery;

pub(crate) use self::discovery::Discovery;
