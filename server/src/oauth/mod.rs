//! OAuth 2.0 and OpenID Connect: the endpoints by which apps sign users in, and the documents that describe them.
//!
//! [`discovery`] has the documents. `browser` has the endpoints that a browser visits (authorize, logout, the error page; the
//! others are in [`crate::pages`]), `back_channel` those that an app calls (token, userInfo, revoke). Each is served at several places
//! (`place`): below the pool's path, at the hosts of its domains, and at the root, where the request names the pool. What a request does is decided in
//! [`crate::operations::oauth`]; here are only its HTTP and its pages.

mod back_channel;
pub(crate) mod browser;
pub(crate) mod cookies;
mod discovery;
mod fault;
pub(crate) mod form;
pub(crate) mod page;
mod place;
mod redirect;
pub(crate) mod response;

pub(crate) use self::{back_channel::BackChannel, browser::BrowserEndpoints, discovery::Discovery};
