//! Lido, a server that answers like Amazon Cognito user pools.
//!
//! This library is the server without its `main`, so that tests can hold it in their hands. It carries what
//! `lido-domain` decides: it reads, commits, seals, signs and sends, and takes no decision about users itself.
//!
//! Where to go next: [`http`] for what happens with a request, [`store`] for what is kept and how a verdict is carried
//! out, [`keys`] for how it is sealed.

pub mod app;
pub mod clock;
mod confirmation_page;
pub mod console;
pub mod credentials;
pub mod delivery;
pub mod entropy;
mod html;
pub mod http;
pub mod keys;
pub mod operations;
mod passkeys;
pub mod passwords;
mod query;
pub mod store;
pub mod tokens;
pub mod triggers;
pub mod wire;
