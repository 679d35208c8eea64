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
    client::oauth::{OAuth, POOL_PROVIDER},
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub},
    pool::Pool,
    secret::Secret,
    token::assurance,
    user::{User, auth_method::AuthMethods},
};

/// How long a session is good for. Its use does not prolong it (*Documented*, oau-0075).
pub const SESSION_TTL: Duration = Duration::from_secs(60 * 60);

/// The maximum length of a sub in bytes: that of a username, which a sub may take the place of.
const MAX_SUB: usize = 128;

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
        // The keys of records have the sub before a space. A longer text is no sub, and would make a long key.
        let is_sub = (1..=MAX_SUB).contains(&of.len()) && of.bytes().all(|byte| byte.is_ascii_graphic());
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
    /// The methods by which the user signed in.
    #[serde(default, skip_serializing_if = "AuthMethods::is_empty")]
    pub methods: AuthMethods,
}

/// What a request for authorization demands of the sign-in that answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionDemands {
    /// `max_age`.
    pub max_age: Option<Duration>,
    /// `acr_values`.
    pub acr_values: Option<String>,
}

impl BrowserSession {
    /// Creates the session of a user of the pool who signs in at `now`.
    pub fn begin(user: &User, now: Timestamp) -> Self {
        let (of, bound_to) = (user.sub.clone(), user.sign_in_state());
        Self { of, provider: None, auth_time: now, bound_to, methods: AuthMethods::default() }
    }

    /// Returns whether the session signs in its user at `now` through an app client of this pool with these settings.
    ///
    /// It counts for the same way of signing in only (*Documented*, oau-0076), which the app client must have, and only
    /// until `max_age` seconds after the sign-in (*Documented*, oau-0050). *Chosen*: with `max_age=0` it counts never, as
    /// with `prompt=login`; nor does it if the sign-in was less sure than `acr_values` asks; and it ends too when the user may
    /// not sign in any more, has another password or was signed out everywhere, and if the clock was put back before the sign-in.
    pub fn signs_in(
        &self,
        user: &User,
        pool: &Pool,
        client: &OAuth,
        demands: &SessionDemands,
        now: Timestamp,
    ) -> bool {
        let age = now.since(self.auth_time);
        let is_young = demands.max_age.is_none_or(|max| !max.is_zero() && age <= max);
        let is_fresh = age < SESSION_TTL && is_young && !self.auth_time.is_ahead_of(now);
        let provider = self.provider.as_deref().unwrap_or(POOL_PROVIDER);
        let is_bound = self.of == user.sub && self.bound_to == user.sign_in_state();
        let is_sure = demands
            .acr_values
            .as_deref()
            .is_none_or(|values| assurance::suffices(self.methods, pool, values));
        is_fresh && user.may_continue_sign_in() && is_bound && is_sure && client.has_provider(provider)
    }

    /// Returns the instant from which the session can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.auth_time.after(SESSION_TTL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture,
        secret::Sealed,
        user::{Status, auth_method::AuthMethod},
    };

    #[test]
    fn handle_is_read_back_and_hidden() {
        let (keys, pool) = (fixture::keys(), PoolId::new("r_p"));
        let handle = BrowserSessionHandle::generate(&Sub::new("ann"), &[3; 32]);
        let read = BrowserSessionHandle::parse(handle.expose()).expect("a handle");
        assert_eq!((read.of(), read.expose()), (handle.of(), handle.expose()));
        assert!(read.digests(&keys, &pool).contains(&handle.digest(&keys, &pool)));
        assert_ne!(handle.digest(&keys, &pool), handle.digest(&keys, &PoolId::new("r_q")));
        assert!(!format!("{handle:?}").contains(handle.expose()));
        let long = format!("{}.x", URL_SAFE_NO_PAD.encode("a".repeat(129)));
        for text in ["", ".", "x", "%.x", ".x", "YSBi.x", &long] {
            assert!(BrowserSessionHandle::parse(text).is_none(), "{text}");
        }
    }

    /// oau-0050, oau-0075, oau-0076.
    #[test]
    fn session_signs_in_for_an_hour_and_the_same_way() {
        let now = Timestamp::from_millis(10_000_000_000);
        let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        let (session, pool) = (BrowserSession::begin(&ann, now), fixture::pool());
        let after = |seconds| now.after(Duration::from_secs(seconds));
        let max = |seconds| Some(Duration::from_secs(seconds));
        let earlier = Timestamp::from_millis(now.as_millis() - 61_000);
        let disabled = User { enabled: false, ..ann.clone() };
        let changed = User { credential: Some(Sealed::from_text("other")), ..ann.clone() };
        let reset = User { status: Status::ResetRequired, ..ann.clone() };
        let nearly = Timestamp::from_millis(now.as_millis() - 59_000);
        let any = OAuth::default();
        let cases = [
            (&ann, None, now, true),
            (&ann, None, after(3_599), true),
            (&ann, None, after(3_600), false),
            (&ann, max(60), after(60), true),
            (&ann, max(60), after(61), false),
            (&ann, max(0), now, false),
            (&ann, max(1), now, true),
            (&ann, None, nearly, true),
            (&ann, None, earlier, false),
            (&disabled, None, now, false),
            (&changed, None, now, false),
            (&ann.signed_out(), None, now, false),
            (&reset, None, now, false),
            (&fixture::user("bob"), None, now, false),
        ];
        for (user, max_age, at, expected) in cases {
            let demands = SessionDemands { max_age, acr_values: None };
            assert_eq!(session.signs_in(user, &pool, &any, &demands, at), expected, "{max_age:?} {at:?}");
        }
        // By a password, whose level is 1.
        let methods = AuthMethods::from_iter([AuthMethod::Password]);
        let by_password = BrowserSession { methods, ..session.clone() };
        for (level, expected) in [(1, true), (2, false)] {
            let demands = SessionDemands { max_age: None, acr_values: Some(pool.acr_value(level)) };
            assert_eq!(by_password.signs_in(&ann, &pool, &any, &demands, now), expected, "{level}");
            assert!(!session.signs_in(&ann, &pool, &any, &demands, now), "how it began is not known");
        }
        assert_eq!(session.ends_at(), after(3_600));
    }

    /// oau-0076.
    #[test]
    fn session_counts_at_clients_that_have_its_provider_only() {
        let now = Timestamp::from_millis(10_000_000_000);
        let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        let own = BrowserSession::begin(&ann, now);
        let federated = BrowserSession { provider: Some("Google".into()), ..own.clone() };
        let cases: [(Option<&[&str]>, bool, bool); 5] = [
            (None, true, false),
            (Some(&["COGNITO"]), true, false),
            (Some(&["COGNITO", "Google"]), true, true),
            (Some(&["Google"]), false, true),
            (Some(&["Corporate"]), false, false),
        ];
        for (providers, expected_own, expected_federated) in cases {
            let providers = providers.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            let client = OAuth { providers, ..OAuth::default() };
            let signs_in = |session: &BrowserSession| {
                session.signs_in(&ann, &fixture::pool(), &client, &SessionDemands::default(), now)
            };
            assert_eq!(signs_in(&own), expected_own, "{client:?}");
            assert_eq!(signs_in(&federated), expected_federated, "{client:?}");
        }
    }
}
