//! OAuth 2.0 and OpenID Connect: so far only the documents with which clients verify tokens ([`discovery`]).
//!
//! The endpoints of the authorization server are not served yet.

mod discovery;

pub(crate) use self::discovery::Discovery;
