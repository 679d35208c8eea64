//! OAuth 2.0 as rules use it: code challenges, authorization codes, browser sessions, and the errors of the
//! endpoints.
//!
//! The order of the checks of each endpoint is in [`crate::flow::oauth`]. The settings of an app client are in
//! [`crate::client::oauth`], scopes in [`crate::scope`], the claims of tokens in [`crate::token`].

pub mod authorization;
pub mod browser_session;
pub mod error;
pub mod parameters;
pub mod pkce;
