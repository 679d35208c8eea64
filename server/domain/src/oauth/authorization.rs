//! Authorization codes: what a code stands for until the app client exchanges it for tokens.
//!
//! A code is a random UUID, good once and for five minutes (*Documented*, oau-0017). The store has only its keyed digest.
//! It names the grant of the sign-in, so that signing out, disabling or deleting the user ends the code as well. A new
//! password ends it, too.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::{ClientId, PoolId, Sub},
    oauth::pkce::CodeChallenge,
    token::{changes::TokenChanges, grant::GrantId},
    user::{User, group::GroupClaims},
};

/// How long a code is good for (*Documented*, oau-0017).
pub const CODE_TTL: Duration = Duration::from_secs(5 * 60);

/// How long a code is stored after it has expired (*Chosen*), so that a second use is recognized.
const EXPIRED_RETENTION: Duration = Duration::from_secs(60 * 60);

/// The groups in the tokens, and the changes of PreTokenGeneration to their claims.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenContents {
    /// The groups.
    pub groups: GroupClaims,
    /// The changes.
    pub changes: TokenChanges,
}

/// The stored form of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Authorization {
    /// The sub of the user.
    pub of: Sub,
    /// The grant, under which the tokens are issued.
    pub grant: GrantId,
    /// The app client.
    pub client: ClientId,
    /// `redirect_uri` as sent; `None` if the request left it out.
    pub redirect_uri: Option<String>,
    /// The challenge, if the request had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<CodeChallenge>,
    /// The claim `nonce` of the id token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What the tokens contain. PreTokenGeneration is invoked before there is a code.
    pub contents: TokenContents,
    /// The state of the user when the code was issued: it ends with their password, and when they are signed out everywhere
    /// (*Chosen*: the answer of the service is unknown). A code of a former build has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<Digest>,
    /// The instant from which the code is not valid any more.
    pub expires_at: Timestamp,
    /// Whether the code was exchanged, or a wrong verifier was sent with it.
    #[serde(default)]
    pub is_used: bool,
}

impl Authorization {
    /// Returns the instant from which the code can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.after(EXPIRED_RETENTION)
    }

    /// Returns whether the user has still the password that the code was issued after, and was not signed out everywhere.
    pub fn is_bound_to(&self, user: &User) -> bool {
        self.bound_to.as_ref().is_none_or(|state| *state == user.sign_in_state())
    }

    /// Returns the code as used.
    pub fn used(&self) -> Self {
        Self { is_used: true, ..self.clone() }
    }
}

/// Returns the digest under which a new code is stored.
pub fn digest(keys: &DigestKeys, pool: &PoolId, code: &str) -> Digest {
    keys.digest(&["authorization-code", pool.as_str(), code])
}

/// Returns the digests under which a code may be stored, newest digest key first.
pub fn digests(keys: &DigestKeys, pool: &PoolId, code: &str) -> Vec<Digest> {
    keys.digests(&["authorization-code", pool.as_str(), code])
}
