//! The flows: for each operation the order of its checks.
//!
//! A flow is one function from what was read to a [`crate::Verdict`]. It calls the nouns for what is true and adds
//! only the order. Reading and committing are the server's; see [`Caller`] and [`Found`] for what a flow is handed.

pub mod account;
pub mod bearer;
pub mod devices;
pub mod mfa;
pub mod passkeys;
pub mod recovery;
pub mod sign_in;
pub mod sign_up;
pub mod users;

use crate::{
    client::{Client, secret_hash::check_secret_hash},
    code::PendingCode,
    digest::DigestKeys,
    id::Sub,
    pool::Pool,
    refusal::Refusal,
    secret::Secret,
    user::{User, attempt::Attempts},
};

/// Who calls a public operation: an app client of a pool.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The client.
    pub client: &'a Client,
    /// The client's secrets, opened; empty where it has none.
    pub secrets: &'a [Secret],
    /// The secret hash that came with the request.
    pub secret_hash: Option<&'a str>,
    /// The keys for digests of codes, sessions and simulated users.
    pub digest_keys: &'a DigestKeys,
}

crate::secret::debug_hidden!(Caller);

impl Caller<'_> {
    /// Refuses a missing or wrong secret hash over the username as typed.
    pub fn check_secret(&self, typed_username: &str) -> Result<(), Refusal> {
        check_secret_hash(&self.client.id, self.secrets, typed_username, self.secret_hash)
    }

    /// The sub to keep the attempts of a name under that names nobody.
    ///
    /// A client that hides who exists must limit unknown names like known ones, or the limit would tell.
    pub fn simulated_sub(&self, typed_username: &str) -> Sub {
        Sub::simulated(self.digest_keys, &self.pool.id, &self.pool.fold(typed_username))
    }
}

/// What the store holds about the user that a request names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// The user, by username, active alias or sub.
    pub user: Option<&'a User>,
    /// The code that the user has pending for the flow's purpose.
    pub code: Option<&'a PendingCode>,
    /// The attempts at the flow's act: the user's, or those under [`Caller::simulated_sub`].
    pub attempts: Option<&'a Attempts>,
}

#[cfg(test)]
mod hiding_tests;
#[cfg(test)]
mod status_tests;
