//! Browser sessions: a user who has signed in on a page need not do so again for an hour, whatever the app client.
//!
//! The browser keeps a handle in a cookie, and the store only its keyed digest. A session is stored under the sub of its
//! user, so that a user's are together. It is bound to the user ([`User::sign_in_state`]): signing the user out everywhere ends it, and so
//! does another password.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub},
    secret::Secret,
    user::{Status, User},
};

/// How long a session is good for. Its use does not prolong it (*Documented*, oau-0075).
pub const SESSION_TTL: Duration = Duration::from_secs(60 * 60);

/// The text in the cookie.
#[derive(Clone, Debug)]
pub struct BrowserSessionHandle {
    of: Sub,
    text: Secret,
}

impl BrowserSessionHandle {
    /// Creates the handle of a new session.
    pub fn generate(of: &Sub, random: &[u8; 32]) -> Self {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(of.as_str()), URL_SAFE_NO_PAD.encode(random));
        Self { of: of.clone(), text: Secret::new(text) }
    }

    /// Reads the handle of a cookie. Returns `None` if the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (of, _) = text.split_once('.')?;
        let of = String::from_utf8(URL_SAFE_NO_PAD.decode(of).ok()?).ok()?;
        // The keys of records have the sub before a space.
        let is_sub = !of.is_empty() && of.bytes().all(|byte| byte.is_ascii_graphic());
        is_sub.then(|| Self { of: Sub::new(of), text: Secret::new(text) })
    }

    /// Returns the text, for the cookie.
    pub fn expose(&self) -> &str {
        self.text.expose_str().unwrap_or_default()
    }

    /// Returns the sub of the user.
    pub fn of(&self) -> &Sub {
        &self.of
    }

    /// Returns the digest under which a new session is stored.
    pub fn digest(&self, keys: &DigestKeys, pool: &PoolId) -> Digest {
        keys.digest(&["browser-session", pool.as_str(), self.expose()])
    }

    /// Returns the digests under which the session may be stored, newest digest key first.
    pub fn digests(&self, keys: &DigestKeys, pool: &PoolId) -> Vec<Digest> {
        keys.digests(&["browser-session", pool.as_str(), self.expose()])
    }
}

/// A browser session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// The sub of the user.
    pub of: Sub,
    /// The name of the identity provider by which the user signed in; `None` for the pool's own users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// When the user signed in: the claim `auth_time` of its tokens.
    pub auth_time: Timestamp,
    /// The state of the user at the sign-in.
    pub bound_to: Digest,
}

impl BrowserSession {
    /// Creates the session of a user who signs in at `now` with a password.
    pub fn begin(user: &User, now: Timestamp) -> Self {
        Self { of: user.sub.clone(), provider: None, auth_time: now, bound_to: user.sign_in_state() }
    }

    /// Returns whether the session signs in its user at `now`.
    ///
    /// It counts for the same way of signing in only (*Documented*, oau-0076), and only until `max_age` seconds after
    /// the sign-in (*Documented*, oau-0050). *Chosen*: it ends too when the user may not sign in any more, has another password
    /// or was signed out everywhere, and if the clock was put back before the sign-in.
    pub fn signs_in(
        &self,
        user: &User,
        provider: Option<&str>,
        max_age: Option<Duration>,
        now: Timestamp,
    ) -> bool {
        let age = now.since(self.auth_time);
        let is_fresh =
            age < SESSION_TTL && max_age.is_none_or(|max| age <= max) && !self.auth_time.is_ahead_of(now);
        let may_sign_in = user.enabled && matches!(user.status, Status::Confirmed | Status::ExternalProvider);
        let is_bound = self.of == user.sub && self.bound_to == user.sign_in_state();
        is_fresh && may_sign_in && is_bound && self.provider.as_deref() == provider
    }

    /// Returns the instant from which the session can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.auth_time.after(SESSION_TTL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, secret::Sealed};

    #[test]
    fn handle_is_read_back_and_hidden() {
        let (keys, pool) = (fixture::keys(), PoolId::new("r_p"));
        let handle = BrowserSessionHandle::generate(&Sub::new("ann"), &[3; 32]);
        let read = BrowserSessionHandle::parse(handle.expose()).expect("a handle");
        assert_eq!((read.of(), read.expose()), (handle.of(), handle.expose()));
        assert!(read.digests(&keys, &pool).contains(&handle.digest(&keys, &pool)));
        assert_ne!(handle.digest(&keys, &pool), handle.digest(&keys, &PoolId::new("r_q")));
        assert!(!format!("{handle:?}").contains(handle.expose()));
        for text in ["", ".", "x", "%.x", ".x", "YSBi.x"] {
            assert!(BrowserSessionHandle::parse(text).is_none(), "{text}");
        }
    }

    /// oau-0050, oau-0075, oau-0076.
    #[test]
    fn session_signs_in_for_an_hour_and_the_same_way() {
        let now = Timestamp::from_millis(10_000_000_000);
        let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        let session = BrowserSession::begin(&ann, now);
        let after = |seconds| now.after(Duration::from_secs(seconds));
        let max = |seconds| Some(Duration::from_secs(seconds));
        let earlier = Timestamp::from_millis(now.as_millis() - 61_000);
        let disabled = User { enabled: false, ..ann.clone() };
        let changed = User { credential: Some(Sealed::from_text("other")), ..ann.clone() };
        let reset = User { status: Status::ResetRequired, ..ann.clone() };
        let cases = [
            (&ann, None, None, now, true),
            (&ann, None, None, after(3_599), true),
            (&ann, None, None, after(3_600), false),
            (&ann, None, max(60), after(60), true),
            (&ann, None, max(60), after(61), false),
            (&ann, None, max(0), now, true),
            (&ann, Some("Google"), None, now, false),
            (&ann, None, None, earlier, false),
            (&disabled, None, None, now, false),
            (&changed, None, None, now, false),
            (&ann.signed_out(), None, None, now, false),
            (&reset, None, None, now, false),
            (&fixture::user("bob"), None, None, now, false),
        ];
        for (user, provider, max_age, at, expected) in cases {
            assert_eq!(
                session.signs_in(user, provider, max_age, at),
                expected,
                "{provider:?} {max_age:?} {at:?}"
            );
        }
        assert_eq!(session.ends_at(), after(3_600));
    }
}
