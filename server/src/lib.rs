//! Lido, a server that answers like Amazon Cognito user pools.
//!
//! This library is the server without its `main`, so that tests can run it in their process. It carries what
//! `lido-domain` decides: it reads, commits, seals, signs and sends, and takes no decision about users itself.
//!
//! Where to go next: [`http`] for what happens with a request, [`surface`] for the parts that respond to it, [`store`]
//! for what is kept and how a verdict is carried out, [`keys`] for how it is sealed.

pub mod api;
pub mod app;
pub mod clock;
mod console;
pub mod credentials;
pub mod delivery;
pub mod entropy;
mod html;
pub mod http;
pub mod keys;
mod oauth;
pub mod operations;
mod pages;
mod passkeys;
pub mod passwords;
mod query;
pub mod rates;
pub mod store;
pub mod surface;
pub mod tokens;
pub mod triggers;
pub mod wire;
