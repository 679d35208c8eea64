//! The flows: for each operation, the order of its checks.
//!
//! A flow is a function from loaded records to a [`crate::Verdict`]. The rules themselves are in the other modules of
//! this crate; a flow only orders them. The server loads the records and commits the verdict; see [`AppClientCaller`]
//! and [`LoadedUser`] for the arguments that most flows take.

pub mod account;
pub mod bearer;
pub mod branding;
pub mod cimd;
pub mod decoy;
pub mod destination_limit;
pub mod devices;
pub mod domains;
pub mod mfa;
pub mod oauth;
pub mod passkeys;
pub mod recovery;
pub mod resource_servers;
pub mod sign_in;
pub mod sign_up;
pub mod users;

use crate::{
    Timestamp,
    client::{Client, secret_hash::check_secret_hash},
    code::{PendingCode, Purpose, check_code, check_code_of_hidden_user},
    digest::DigestKeys,
    id::Sub,
    pool::Pool,
    refusal::Refusal,
    secret::{Sealed, Secret},
    user::{User, attempt::Attempts, auth_event::EventOwner, simulated::SimulatedUser},
};

/// The app client that calls a public operation, with its user pool.
#[derive(Clone, Copy)]
pub struct AppClientCaller<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The client.
    pub client: &'a Client,
    /// The client's secrets in clear; empty if it has none.
    pub secrets: &'a [Secret],
    /// The SecretHash of the request.
    pub secret_hash: Option<&'a str>,
    /// The keys for the digests of codes, sessions and simulated users.
    pub digest_keys: &'a DigestKeys,
}

crate::secret::debug_hidden!(AppClientCaller);

impl AppClientCaller<'_> {
    /// Checks the secret hash, which is computed over the username as the caller typed it.
    ///
    /// # Errors
    ///
    /// Refuses a wrong hash, and a missing one if the app client has a secret.
    pub fn check_secret(&self, typed_username: &str) -> Result<(), Refusal> {
        check_secret_hash(&self.client.id, self.secrets, typed_username, self.secret_hash)
    }

    /// Refuses a typed code that is not the pending one of the user `of`. An app client that hides users learns nothing of
    /// a code that is not its own.
    ///
    /// # Errors
    ///
    /// Those of [`check_code`], or of [`check_code_of_hidden_user`].
    pub fn check_code(
        &self,
        of: &Sub,
        purpose: Purpose,
        pending: Option<&PendingCode>,
        typed: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let check = if self.client.hides_users { check_code_of_hidden_user } else { check_code };
        check(self.digest_keys, &self.pool.id, of, purpose, pending, typed, now)
    }

    /// Returns a stable sub for a name that leads to no user.
    ///
    /// Answers that contain a sub, or depend on one, use it as they would use a user's. So do counters of attempts: an app
    /// client that hides users limits attempts at unknown names like those at known ones. Two names never share a counter:
    /// the limit of one would be reached by attempts at the other, as no user's is, and would reveal that there is no user.
    pub fn simulated_sub(&self, typed_username: &str) -> Sub {
        Sub::simulated(self.digest_keys, &self.pool.id, &self.pool.fold(typed_username))
    }

    /// Returns whose event a request about the typed name records, which led to `user`: also that of a simulated user, where the
    /// app client hides users, so that the work does not tell whether there is one.
    pub fn event_owner(&self, typed_username: &str, user: Option<&User>) -> Option<EventOwner> {
        match user {
            Some(user) => Some(EventOwner::User(user.sub.clone())),
            None if self.client.hides_users => {
                Some(EventOwner::Simulated(self.simulated_sub(typed_username)))
            }
            None => None,
        }
    }

    /// Returns the user that a name which leads to no user is answered with, where the app client hides users.
    pub fn simulated_user(&self, typed_username: &str) -> SimulatedUser {
        SimulatedUser::draw(self.digest_keys, self.pool, typed_username)
    }
}

/// The records about the user that a request names, as loaded from the store.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadedUser<'a> {
    /// The user, found by username, active alias or sub.
    pub user: Option<&'a User>,
    /// The user's pending code for the purpose of the flow.
    pub code: Option<&'a PendingCode>,
    /// The user's attempts at the operation; for an unknown name, those under [`AppClientCaller::simulated_sub`].
    pub attempts: Option<&'a Attempts>,
}

/// The credential derived from a new password, compared with the former ones.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// The sealed verifier of the new password.
    pub credential: Sealed,
    /// Whether the password matches one of those that the flow's `credentials_to_compare` returned.
    pub is_former: bool,
}

#[cfg(test)]
mod hidden_user_tests;
#[cfg(test)]
mod sent_code_tests;
#[cfg(test)]
mod status_tests;
