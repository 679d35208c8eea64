//! The rules of a user pool.
//!
//! This crate makes every decision of Lido about users, codes, aliases, passwords and app clients, as pure functions
//! from values to values. The current time and random bytes are arguments, so a rule can be tested with a table of
//! cases and can safely run twice when a commit conflicts.
//!
//! It reads no clock, draws no random bytes, opens no file, implements no protocol and contains no text that a client
//! reads. A refusal is a variant of [`Refusal`]; the server's `wire` module turns it into an error type and a message.
//!
//! Start with [`verdict`] for the result of every decision, then [`flow`] for the order of checks in each operation.
//! The other modules ([`user`], [`pool`], [`client`], …) define the data and the rules that hold in every operation.
//!
//! ```
//! use lido_domain::{id::PoolId, pool::Pool, secret::Secret, refusal::Refusal, pool::password::PasswordRule};
//!
//! let pool = Pool::new(PoolId::new("us-east-1_abcdefghi"));
//! let policy = &pool.password_policy;
//! assert_eq!(policy.check(&Secret::new("Correct-Horse-1")), Ok(()));
//! assert_eq!(policy.check(&Secret::new("horse")), Err(Refusal::PasswordPolicy(PasswordRule::Length)));
//! ```

pub mod attribute;
pub mod branding;
pub mod client;
pub mod code;
pub mod digest;
pub mod flow;
pub mod id;
pub mod oauth;
pub mod pool;
pub mod record;
pub mod refusal;
pub mod scope;
pub mod secret;
pub mod settings;
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
