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

pub mod attribute;
pub mod client;
pub mod code;
pub mod digest;
pub mod flow;
pub mod id;
pub mod pool;
pub mod record;
pub mod refusal;
pub mod secret;
mod settings;
pub mod sign_in;
pub mod time;
pub mod token;
pub mod user;
pub mod verdict;

pub use refusal::Refusal;
pub use time::Timestamp;
pub use verdict::{Change, Verdict};

#[cfg(test)]
mod debug_tests;
#[cfg(test)]
mod fixture;
