//! Sessions, which connect the steps of a sign-up or sign-in, and their opaque handles.
//!
//! A handle consists of random bytes, and only its keyed digest is stored, so a stolen database contains no usable
//! handle. A session can be used once, and expires after the session time of the app client. A used or expired session
//! is stored for a while longer, because the two have different refusals.

use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};

use crate::user::auth_method::AuthMethods;
use crate::{
    Timestamp,
    client::Client,
    digest::{Digest, DigestKeys},
    id::{ClientId, PoolId, Sub},
    refusal::Refusal,
    secret::Secret,
    sign_in::challenge::PendingChallenge,
    user::User,
};

/// How long a session is stored after it has expired (*Chosen*).
const EXPIRED_RETENTION: Duration = Duration::from_secs(60 * 60);

/// The text by which a client refers to a session. The API allows 20 to 2,048 characters; ours has 86.
#[derive(Clone, Debug)]
pub struct SessionHandle(Secret);

impl SessionHandle {
    /// Creates a handle from 64 random bytes.
    ///
    /// *Chosen*: it begins with a letter, which takes one of the 512 random bits. The AWS CLI takes a value that begins with
    /// a hyphen for an option.
    pub fn generate(random: &[u8; 64]) -> Self {
        let mut bytes = *random;
        bytes[0] &= 0x7f;
        Self(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Returns the handle with the app client's id appended.
    ///
    /// The requests that set up a second factor contain no client id, so they need it in the handle.
    pub fn with_client_id(&self, client: &ClientId) -> Self {
        Self(Secret::new(format!("{}.{client}", self.expose())))
    }

    /// Returns the text, for a response.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }

    /// Returns the handle as the secret block of an SRP exchange: Base64 with padding, which clients decode and sign.
    pub fn to_secret_block(&self) -> String {
        STANDARD.encode(self.expose())
    }

    /// Returns the key under which the session is stored.
    pub fn key(&self, keys: &DigestKeys, pool: &PoolId) -> Digest {
        keys.digest(&["session", pool.as_str(), self.expose()])
    }
}

/// Returns the id of the app client in a handle, or `None` if it has none: see [`SessionHandle::with_client_id`].
pub fn parse_client_id(handle: &str) -> Option<ClientId> {
    handle.split_once('.').map(|(_, client)| ClientId::new(client))
}

/// Returns the handle in a secret block, or `None` if the text is not a secret block.
pub fn parse_secret_block(block: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(block).ok()?).ok()
}

/// Returns the keys under which the session of a handle may be stored, newest digest key first.
pub fn keys_of(keys: &DigestKeys, pool: &PoolId, handle: &str) -> Vec<Digest> {
    keys.digests(&["session", pool.as_str(), handle])
}

/// The step that a session has reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The user has signed up and is not confirmed.
    SignedUp,
    /// The user was confirmed with a code. The session allows one sign-in by USER_AUTH without a further code
    /// (*Documented*, cog-0182).
    Confirmed,
    /// The user is signing in, and must answer this challenge.
    SigningIn(PendingChallenge),
    /// The user has signed in and registers a passkey. Such a session is stored under the digest of the WebAuthn
    /// challenge.
    RegisteringPasskey,
    /// The session was used and is not valid any more.
    Used,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The sub of the user.
    pub of: Sub,
    /// The app client through which the session was started.
    pub client: ClientId,
    /// The step that the session has reached.
    pub stage: Stage,
    /// The device key that the client sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The state of the user when the session began; see [`Session::bind`]. A session of a former build has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<Digest>,
    /// The methods by which the user has proven who they are before this session.
    #[serde(default, skip_serializing_if = "AuthMethods::is_empty")]
    pub proven: AuthMethods,
    /// The instant from which the session is not valid any more.
    pub expires_at: Timestamp,
}

impl Session {
    /// Creates a session that starts at `now`.
    pub fn begin(of: Sub, client: &Client, stage: Stage, now: Timestamp) -> Self {
        Self {
            of,
            client: client.id.clone(),
            stage,
            device: None,
            bound_to: None,
            proven: AuthMethods::default(),
            expires_at: now.after(client.session_ttl()),
        }
    }

    /// Binds the session to the user as they are now, or to the simulated user: it ends when the password changes, and when the
    /// user is signed out everywhere.
    ///
    /// *Chosen*: the answer of the service is unknown. Who has got past the password with a former one must not get in after
    /// the user has changed it.
    #[must_use]
    pub fn bind(self, user: Option<&User>) -> Self {
        Self { bound_to: Some(User::sign_in_state_of(user)), ..self }
    }

    /// Refuses a session that was bound to another state of the user.
    pub fn check_bound(&self, user: Option<&User>) -> Result<(), Refusal> {
        match &self.bound_to {
            Some(bound_to) if *bound_to != User::sign_in_state_of(user) => Err(Refusal::SessionInvalid),
            _ => Ok(()),
        }
    }

    /// Refuses a session of another user, app client or stage, and one that is used or expired.
    pub fn check(&self, of: &Sub, client: &ClientId, stage: Stage, now: Timestamp) -> Result<(), Refusal> {
        self.check_alive(of, client, now)?;
        if self.stage == stage { Ok(()) } else { Err(Refusal::SessionInvalid) }
    }

    /// Refuses a session of another user or app client, and one that is used (cog-0225) or expired (cog-0226).
    pub fn check_alive(&self, of: &Sub, client: &ClientId, now: Timestamp) -> Result<(), Refusal> {
        if self.of != *of || self.client != *client {
            return Err(Refusal::SessionInvalid);
        }
        if self.stage == Stage::Used {
            return Err(Refusal::SessionUsed);
        }
        if self.expires_at <= now { Err(Refusal::SessionExpired) } else { Ok(()) }
    }

    /// Returns the session as used.
    pub fn used(&self) -> Self {
        Self { stage: Stage::Used, ..self.clone() }
    }

    /// Returns the instant from which the session can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.after(EXPIRED_RETENTION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, secret::Sealed};

    #[test]
    fn handle_begins_with_a_letter_whatever_is_drawn() {
        for first in 0..=u8::MAX {
            let mut random = [0; 64];
            random[0] = first;
            let handle = SessionHandle::generate(&random);
            assert!(handle.expose().starts_with(|first: char| first.is_ascii_alphabetic()), "{first}");
        }
    }

    #[test]
    fn session_ends_with_the_password_and_with_a_sign_out_of_its_user() {
        let now = Timestamp::from_millis(0);
        let ann = User { credential: Some(Sealed::from_text("one")), ..fixture::user("ann") };
        let begin = || Session::begin(ann.sub.clone(), &fixture::client(), Stage::SignedUp, now);
        let session = begin().bind(Some(&ann));
        let renamed = User { modified_at: now.after(Duration::from_secs(1)), ..ann.clone() };
        let changed = User { credential: Some(Sealed::from_text("two")), ..ann.clone() };
        let removed = User { credential: None, ..ann.clone() };
        for (user, expected) in [
            (&ann, Ok(())),
            (&renamed, Ok(())),
            (&changed, Err(Refusal::SessionInvalid)),
            (&removed, Err(Refusal::SessionInvalid)),
            (&ann.signed_out(), Err(Refusal::SessionInvalid)),
        ] {
            assert_eq!(session.check_bound(Some(user)), expected, "{user:?}");
        }
        let simulated = begin().bind(None);
        assert_eq!(simulated.check_bound(None), Ok(()));
        assert_eq!(simulated.check_bound(Some(&ann)), Err(Refusal::SessionInvalid));
        assert_eq!(begin().check_bound(Some(&ann)), Ok(()), "one of a former build");
    }

    #[test]
    fn session_handle_converts_to_secret_block_and_back_and_is_hidden() {
        let handle = SessionHandle::generate(&[3; 64]);
        assert_eq!(handle.expose().len(), 86);
        assert!(!format!("{handle:?}").contains(handle.expose()));
        let (keys, pool) = (fixture::keys(), PoolId::new("r_p"));
        assert!(keys_of(&keys, &pool, handle.expose()).contains(&handle.key(&keys, &pool)));
        let block = handle.to_secret_block();
        assert_eq!(block.len() % 4, 0, "every client can decode it");
        assert_eq!(parse_secret_block(&block).as_deref(), Some(handle.expose()));
        assert_eq!(parse_secret_block("%"), None);
        let client = ClientId::new("client");
        assert_eq!(parse_client_id(handle.with_client_id(&client).expose()), Some(client));
        assert_eq!(parse_client_id(handle.expose()), None);
    }

    #[test]
    fn session_of_another_user_client_or_stage_or_expired_is_refused() {
        let client = fixture::client();
        let (ann, now) = (Sub::new("ann"), Timestamp::from_millis(0));
        let session = Session::begin(ann.clone(), &client, Stage::SignedUp, now);
        let late = now.after(client.session_ttl());
        let (bob, other_client) = (Sub::new("bob"), ClientId::new("other"));
        let cases = [
            (&ann, &client.id, Stage::SignedUp, now, Ok(())),
            (&ann, &client.id, Stage::SignedUp, late, Err(Refusal::SessionExpired)),
            (&bob, &client.id, Stage::SignedUp, now, Err(Refusal::SessionInvalid)),
            (&ann, &other_client, Stage::SignedUp, now, Err(Refusal::SessionInvalid)),
            (&ann, &client.id, Stage::Confirmed, now, Err(Refusal::SessionInvalid)),
        ];
        for (of, client, stage, now, expected) in cases {
            assert_eq!(session.check(of, client, stage, now), expected);
        }
        let used = session.used();
        assert_eq!(used.check(&ann, &client.id, Stage::SignedUp, now), Err(Refusal::SessionUsed));
        assert_eq!(used.check(&bob, &client.id, Stage::SignedUp, now), Err(Refusal::SessionInvalid));
    }
}
