//! Grants: the record of one sign-in, with the refresh tokens that renew its access and id tokens.
//!
//! Every token contains the id of its grant as `event_id` (*Chosen*: `origin_jti` is absent where revocation is turned
//! off). Removing a grant revokes all its tokens. A user has any number of grants, so that a user who is signed out
//! everywhere is counted instead: a grant counts only with the number of sign-outs that its user has ([`Grant::is_of`]). The
//! claims of tokens are in [`crate::token`]; signing is in the server's `tokens` module.
//!
//! A refresh token consists of a body and a keyed digest of the body. The body contains the sub, the grant id, the
//! expiry and random bytes. The grant stores only the digest, so a stolen database contains no usable token. And a
//! token with a right digest whose grant is missing must have been revoked, so it can be distinguished from an invalid
//! one.

use std::{collections::BTreeSet, fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::user::auth_method::AuthMethods;
use crate::{
    Timestamp,
    client::oauth::OAuth,
    digest::{Digest, DigestKeys},
    id::{ClientId, PoolId, Sub, spell_uuid},
    refusal::Refusal,
    scope::{OPENID, SELF_SERVICE_SCOPE, Scopes},
    secret::Secret,
    user::{User, is_zero},
};

/// How long a grant is stored after its refresh token has expired: the maximum validity of an access token
/// (*Documented*: a day), which can be issued just before.
const GRANT_RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum number of refresh tokens of a grant (*Chosen*).
///
/// Rotation with a long grace period adds one token for each request. The oldest tokens are removed, and then refused
/// as invalid.
const MAX_REFRESH_TOKENS: usize = 32;

/// The longest grace period (*Documented*: a minute).
const MAX_GRACE: Duration = Duration::from_secs(60);

/// The end of the grace period of a token that has none. It has passed whatever a clock shows.
const NO_GRACE: Timestamp = Timestamp::from_millis(i64::MIN);

/// The id of a grant, which tokens contain as `event_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(String);

impl GrantId {
    /// Creates the id with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Creates a random id.
    pub fn generate(random: &[u8; 16]) -> Self {
        Self(spell_uuid(random))
    }

    /// Returns the text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One sign-in of a user through an app client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The id.
    pub id: GrantId,
    /// The sub of the user.
    pub of: Sub,
    /// How many times the user had been signed out everywhere when the grant began.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sign_outs: u64,
    /// The app client.
    pub client: ClientId,
    /// The claim `origin_jti` of the tokens.
    pub origin_jti: String,
    /// When the user authenticated. A renewal does not change it.
    pub auth_time: Timestamp,
    /// The instant from which none of its refresh tokens is valid; without one, that of its authorization code.
    pub expires_at: Timestamp,
    /// The device that signed in, where the pool remembers devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// The access that was granted, if the user signed in through the OAuth endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<GrantedAccess>,
    /// The methods by which the user signed in on a page.
    #[serde(default, skip_serializing_if = "AuthMethods::is_empty")]
    pub methods: AuthMethods,
    /// The refresh tokens, oldest first.
    tokens: Vec<StoredRefreshToken>,
}

/// The access that an authorization grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedAccess {
    /// The scopes of the access token.
    pub scopes: Scopes,
    /// The `aud` of the access token, if the request named a resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// The stored form of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredRefreshToken {
    digest: Digest,
    /// The instant from which the token is no longer valid, if a newer one has replaced it; [`NO_GRACE`] without a grace
    /// period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_at: Option<Timestamp>,
}

/// The random bytes of a new grant.
#[derive(Clone)]
pub struct GrantSeed {
    /// The bytes for the id.
    pub id: [u8; 16],
    /// The bytes for `origin_jti`.
    pub origin: [u8; 16],
    /// The bytes for the refresh token.
    pub secret: [u8; 32],
}

/// A refresh token in clear. `Debug` does not print it.
#[derive(Clone, Debug)]
pub struct RefreshToken(Secret);

/// The content of a refresh token whose digest is right.
#[derive(Clone, Debug)]
pub struct ParsedRefreshToken {
    /// The sub of the user.
    pub of: Sub,
    /// The id of the grant.
    pub grant: GrantId,
    /// When the token expires.
    pub expires_at: Timestamp,
    digest: Digest,
}

impl RefreshToken {
    fn generate(keys: &DigestKeys, pool: &PoolId, grant: &Grant, secret: &[u8; 32]) -> (Self, Digest) {
        let secret = URL_SAFE_NO_PAD.encode(secret);
        let body = format!("{}/{}/{}/{secret}", grant.of, grant.id, grant.expires_at.as_millis());
        let digest = keys.digest(&parts(pool, &body));
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(body), URL_SAFE_NO_PAD.encode(digest.as_bytes()));
        (Self(Secret::new(text)), digest)
    }

    /// Returns the token in clear, for a response.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }

    /// Parses a refresh token of this pool. Returns `None` if the text is not a token that this server issued.
    pub fn parse(keys: &DigestKeys, pool: &PoolId, text: &str) -> Option<ParsedRefreshToken> {
        let (body, digest) = text.split_once('.')?;
        let body = String::from_utf8(URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        let digest = Digest::from_bytes(URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()?);
        if !keys.is_digest_of(&digest, &parts(pool, &body)) {
            return None;
        }
        let mut words = body.split('/');
        let (of, grant) = (Sub::new(words.next()?), GrantId::new(words.next()?));
        let expires_at = Timestamp::from_millis(words.next()?.parse().ok()?);
        Some(ParsedRefreshToken { of, grant, expires_at, digest })
    }
}

fn parts<'a>(pool: &'a PoolId, body: &'a str) -> [&'a str; 3] {
    ["refresh-token", pool.as_str(), body]
}

impl Grant {
    /// Creates a grant for a sign-in of `user` at `now`, with its first refresh token.
    pub fn begin(
        keys: &DigestKeys,
        pool: &PoolId,
        user: &User,
        client: ClientId,
        refresh_ttl: Duration,
        seed: &GrantSeed,
        now: Timestamp,
    ) -> (Self, RefreshToken) {
        Self::without_token(user, client, refresh_ttl, seed, now).add_token(keys, pool, &seed.secret)
    }

    /// Creates a grant of `user` at `now` that has no refresh token yet.
    pub fn without_token(
        user: &User,
        client: ClientId,
        refresh_ttl: Duration,
        seed: &GrantSeed,
        now: Timestamp,
    ) -> Self {
        Self {
            id: GrantId::generate(&seed.id),
            of: user.sub.clone(),
            sign_outs: user.sign_outs,
            client,
            origin_jti: spell_uuid(&seed.origin),
            auth_time: now,
            expires_at: now.after(refresh_ttl),
            device_key: None,
            access: None,
            methods: AuthMethods::default(),
            tokens: Vec::new(),
        }
    }

    /// Returns the grant with one more refresh token.
    pub fn add_token(mut self, keys: &DigestKeys, pool: &PoolId, secret: &[u8; 32]) -> (Self, RefreshToken) {
        let (token, digest) = RefreshToken::generate(keys, pool, &self, secret);
        self.tokens.push(StoredRefreshToken { digest, replaced_at: None });
        (self, token)
    }

    /// Returns whether its id tokens are issued: for a sign-in by the API, or with the scope `openid`.
    pub fn has_id_token(&self) -> bool {
        self.access.as_ref().is_none_or(|access| access.scopes.contains(OPENID))
    }

    /// Returns the scopes of its access tokens.
    pub fn scopes(&self) -> Scopes {
        match &self.access {
            Some(access) => access.scopes.clone(),
            None => Scopes::new([SELF_SERVICE_SCOPE]),
        }
    }

    /// Returns whether this is a grant of the user that has not ended by a sign-out from everywhere.
    pub fn is_of(&self, user: &User) -> bool {
        self.of == user.sub && self.sign_outs == user.sign_outs
    }

    /// Returns the grant without the scopes that the app client has lost, and without those that exist no more, for its next
    /// tokens. Returns `None` if no scope is left. A grant of the API, which has no such scopes, stays as it is.
    pub fn with_scopes_left(mut self, client: &OAuth, custom_scopes: &BTreeSet<String>) -> Option<Self> {
        if let Some(access) = &mut self.access {
            access.scopes = client.keep_scopes(&access.scopes, custom_scopes);
            if access.scopes.is_empty() {
                return None;
            }
        }
        Some(self)
    }

    /// Refuses a refresh token that belongs to another app client, has expired, or was replaced and has no grace period
    /// left.
    pub fn check(
        &self,
        token: &ParsedRefreshToken,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.client != *client {
            return Err(Refusal::RefreshTokenInvalid);
        }
        if self.expires_at <= now {
            return Err(Refusal::RefreshTokenExpired);
        }
        let is_same = |stored: &&StoredRefreshToken| {
            bool::from(stored.digest.as_bytes().ct_eq(token.digest.as_bytes()))
        };
        match self.tokens.iter().find(is_same) {
            None => Err(Refusal::RefreshTokenInvalid),
            // A grace period that ends later than any can shows that the clock was put back.
            Some(StoredRefreshToken { replaced_at: Some(at), .. })
                if *at <= now || at.is_ahead_of(now.after(MAX_GRACE)) =>
            {
                Err(Refusal::RefreshTokenReused)
            }
            Some(_) => Ok(()),
        }
    }

    /// Returns whether a refresh token whose digest is right belonged to this grant and no longer renews it at `now`: it
    /// was replaced.
    pub fn is_reuse(&self, token: &ParsedRefreshToken, client: &ClientId, now: Timestamp) -> bool {
        let is_known = self.tokens.iter().any(|stored| stored.digest == token.digest);
        match self.check(token, client, now) {
            Err(Refusal::RefreshTokenReused) => true,
            // A token that is forgotten was replaced long ago.
            Err(Refusal::RefreshTokenInvalid) => self.client == *client && !is_known,
            _ => false,
        }
    }

    /// Returns the grant with a new refresh token in place of `used`, which stays valid for `grace`.
    ///
    /// The expiry of the grant does not change (*Documented*, cog-0333). The other refresh tokens do not change either,
    /// because a client that retries within the grace period may have received any of them.
    pub fn rotated(
        &self,
        keys: &DigestKeys,
        pool: &PoolId,
        used: &ParsedRefreshToken,
        grace: Duration,
        secret: &[u8; 32],
        now: Timestamp,
    ) -> (Self, RefreshToken) {
        let mut grant = self.clone();
        let end = if grace.is_zero() { NO_GRACE } else { now.after(grace) };
        for stored in grant.tokens.iter_mut().filter(|stored| stored.digest == used.digest) {
            stored.replaced_at.get_or_insert(end);
        }
        let (mut grant, token) = grant.add_token(keys, pool, secret);
        let surplus = grant.tokens.len().saturating_sub(MAX_REFRESH_TOKENS);
        grant.tokens.drain(..surplus);
        (grant, token)
    }

    /// Returns the instant from which none of its tokens can be valid, so that the grant can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.after(GRANT_RETENTION)
    }
}

impl fmt::Debug for GrantSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantSeed(hidden)")
    }
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
