//! Lido, a server that answers like Amazon Cognito user pools.
//!
//! This library is the server without its `main`, so that tests can run it in their process: those of this workspace by its
//! parts, others by [`embedded`]. It executes the decisions of `lido-domain`: it reads, commits, seals, signs and sends, and
//! decides nothing about users itself.
//!
//! Where to go next: [`http`] for the path of a request, [`surface`] for the parts that respond to it, [`store`] for
//! the records and the unit of work, [`keys`] for how secrets are sealed.

pub mod api;
pub mod app;
pub mod client_metadata;
pub mod clock;
mod console;
pub mod credentials;
pub mod delivery;
pub mod embedded;
pub mod entropy;
pub mod faults;
mod html;
pub mod http;
pub mod keys;
mod language;
pub mod maintenance;
pub mod metrics;
mod oauth;
pub mod operations;
mod pages;
mod passkeys;
pub mod password_worker;
mod query;
pub mod rates;
pub mod seed;
pub mod store;
pub mod surface;
pub mod tls;
pub mod tokens;
pub mod traces;
pub mod triggers;
pub mod user_import;
pub mod wire;

/// Returns the paths of the screens of managed login, for tests that try every one.
#[cfg(any(test, feature = "fakes"))]
pub fn screens() -> impl Iterator<Item = &'static str> {
    pages::paths()
}
