//! The rules of a user pool.
//!
//! What this is: every decision that Lido takes about users, codes, aliases, passwords and app clients, as
//! functions from values to values. `now` and random bytes are arguments, so a rule can be tested by a table
//! and can safely run twice when a commit conflicts.
//!
//! What this is not: it reads no clock, asks for no randomness, opens no file, speaks no protocol and holds no
//! text that a client reads. A refusal is an enum; the server's `wire` gives it words.
//!
//! Where to go next: [`verdict`] for the shape of every decision, [`flow`] for the order of checks of each
//! operation, and the nouns for what is always true.

pub mod alias;
pub mod attempt;
pub mod attribute;
pub mod auth_event;
pub mod challenge;
pub mod client;
pub mod code;
pub mod contact;
pub mod device;
pub mod digest;
pub mod flow;
pub mod grant;
pub mod group;
pub mod id;
pub mod lifetime;
pub mod lockout;
pub mod message;
pub mod mfa;
pub mod oauth;
pub mod parameter;
pub mod passkey;
pub mod password;
pub mod pool;
pub mod pool_settings;
pub mod record;
pub mod recovery;
pub mod refusal;
pub mod schema;
pub mod search;
pub mod secret;
pub mod secret_hash;
pub mod session;
pub mod software_token;
pub mod srp;
pub mod tag;
pub mod time;
pub mod token;
pub mod token_changes;
pub mod user;
pub mod verdict;

pub use refusal::Refusal;
pub use time::Timestamp;
pub use verdict::{Change, Verdict};

#[cfg(test)]
mod debug_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hiding_tests;
#[cfg(test)]
mod status_tests;
