//! Sessions: the opaque handles that lead from one step of signing up or in to the next.
//!
//! A handle is random bytes; only its keyed digest is kept, so a stolen database yields none. A session is used once
//! and dies after the app client's session time. One that was used or has died is remembered for a while, because the
//! client is told which of the two it was.

use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    client::Client,
    digest::{Digest, DigestKeys},
    id::{ClientId, PoolId, Sub},
    refusal::Refusal,
    secret::Secret,
    sign_in::challenge::Awaited,
};

/// How long a dead session is remembered. *Chosen*.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// The text that a client holds: 20 to 2,048 characters by the API; ours has 86.
#[derive(Clone, Debug)]
pub struct SessionHandle(Secret);

impl SessionHandle {
    /// A handle of 64 random bytes.
    pub fn generate(random: &[u8; 64]) -> Self {
        Self(Secret::new(URL_SAFE_NO_PAD.encode(random)))
    }

    /// A handle that also names the app client, for requests that name none: those that set a second factor up.
    pub fn naming(&self, client: &ClientId) -> Self {
        Self(Secret::new(format!("{}.{client}", self.expose())))
    }

    /// The text, for an answer.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }

    /// The text as the secret block of an exchange, which clients read as Base64 with padding and sign.
    pub fn to_secret_block(&self) -> String {
        STANDARD.encode(self.expose())
    }

    /// Where the session of this handle is kept.
    pub fn key(&self, keys: &DigestKeys, pool: &PoolId) -> Digest {
        keys.digest(&["session", pool.as_str(), self.expose()])
    }
}

/// The app client that a handle names; see [`SessionHandle::naming`].
pub fn client_named(handle: &str) -> Option<ClientId> {
    handle.split_once('.').map(|(_, client)| ClientId::new(client))
}

/// The handle in a secret block, if there is one.
pub fn handle_of_secret_block(block: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(block).ok()?).ok()
}

/// Where the session of a handle may lie, newest key first.
pub fn keys_of(keys: &DigestKeys, pool: &PoolId, handle: &str) -> Vec<Digest> {
    keys.digests(&["session", pool.as_str(), handle])
}

/// What has been shown so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Signed up, not confirmed.
    SignedUp,
    /// Confirmed by a code: good for one sign-in by USER_AUTH without a further code (*Documented*, cog-0182).
    Confirmed,
    /// Signing in; it waits for this.
    SigningIn(Awaited),
    /// Signed in and registering a passkey; it lies under the digest of what the authenticator is to sign.
    RegisteringPasskey,
    /// Used; it is good for nothing more.
    Used,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose it is.
    pub of: Sub,
    /// The app client that began it.
    pub client: ClientId,
    /// What has been shown.
    pub stage: Stage,
    /// The device that the user says to be on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The instant from which it is dead.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session that begins now.
    pub fn begin(of: Sub, client: &Client, stage: Stage, now: Timestamp) -> Self {
        Self {
            of,
            client: client.id.clone(),
            stage,
            device: None,
            expires_at: now.after(client.session_ttl()),
        }
    }

    /// Refuses a session that is not this user's, this client's, at this stage, and alive.
    pub fn check(&self, of: &Sub, client: &ClientId, stage: Stage, now: Timestamp) -> Result<(), Refusal> {
        self.check_alive(of, client, now)?;
        if self.stage == stage { Ok(()) } else { Err(Refusal::SessionInvalid) }
    }

    /// Refuses a session that is not this user's, this client's, unused (cog-0225), and alive (cog-0226).
    pub fn check_alive(&self, of: &Sub, client: &ClientId, now: Timestamp) -> Result<(), Refusal> {
        if self.of != *of || self.client != *client {
            return Err(Refusal::SessionInvalid);
        }
        if self.stage == Stage::Used {
            return Err(Refusal::SessionUsed);
        }
        if self.expires_at <= now { Err(Refusal::SessionExpired) } else { Ok(()) }
    }

    /// The session after it was used.
    pub fn used(&self) -> Self {
        Self { stage: Stage::Used, ..self.clone() }
    }

    /// When it may be forgotten.
    pub fn forgotten_at(&self) -> Timestamp {
        self.expires_at.after(REMEMBERED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_handle_is_long_enough_and_hidden() {
        let handle = SessionHandle::generate(&[3; 64]);
        assert_eq!(handle.expose().len(), 86);
        assert!(!format!("{handle:?}").contains(handle.expose()));
        let (keys, pool) = (fixture::keys(), PoolId::new("r_p"));
        assert!(keys_of(&keys, &pool, handle.expose()).contains(&handle.key(&keys, &pool)));
        let block = handle.to_secret_block();
        assert_eq!(block.len() % 4, 0, "every client can decode it");
        assert_eq!(handle_of_secret_block(&block).as_deref(), Some(handle.expose()));
        assert_eq!(handle_of_secret_block("%"), None);
        let client = ClientId::new("client");
        assert_eq!(client_named(handle.naming(&client).expose()), Some(client));
        assert_eq!(client_named(handle.expose()), None);
    }

    #[test]
    fn what_a_session_is_good_for() {
        let client = fixture::client();
        let (ann, now) = (Sub::new("ann"), Timestamp::from_millis(0));
        let session = Session::begin(ann.clone(), &client, Stage::SignedUp, now);
        let late = now.after(client.session_ttl());
        let (other, stranger) = (Sub::new("bob"), ClientId::new("other"));
        let cases = [
            (&ann, &client.id, Stage::SignedUp, now, Ok(())),
            (&ann, &client.id, Stage::SignedUp, late, Err(Refusal::SessionExpired)),
            (&other, &client.id, Stage::SignedUp, now, Err(Refusal::SessionInvalid)),
            (&ann, &stranger, Stage::SignedUp, now, Err(Refusal::SessionInvalid)),
            (&ann, &client.id, Stage::Confirmed, now, Err(Refusal::SessionInvalid)),
        ];
        for (of, client, stage, now, expected) in cases {
            assert_eq!(session.check(of, client, stage, now), expected);
        }
        let used = session.used();
        assert_eq!(used.check(&ann, &client.id, Stage::SignedUp, now), Err(Refusal::SessionUsed));
        assert_eq!(used.check(&other, &client.id, Stage::SignedUp, now), Err(Refusal::SessionInvalid));
    }
}
