//! A grant: one sign-in that tokens stem from, and the refresh tokens that renew them.
//!
//! Every token of a sign-in names its grant (`event_id`, *Chosen*: it is in every token, whereas `origin_jti` is absent
//! where revocation is off). Ending a grant revokes them all; ending all grants of a user signs them out everywhere.
//! What stands in a token is [`crate::token`]'s matter; how one is signed, the server's.
//!
//! A refresh token says where its grant lies and when it ends, then comes a secret, then the keyed digest of all that.
//! The grant keeps the digest alone, so a stolen database yields no token; and a token whose grant is gone is known for
//! one that was revoked, and not for one that was made up.

use std::{fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::{ClientId, PoolId, Sub, spell_uuid},
    refusal::Refusal,
    secret::Secret,
};

/// How long a grant outlives its refresh token: the longest life of an access token (*Documented*: a day), which may
/// have been issued in the last moment.
const OUTLIVES: Duration = Duration::from_secs(24 * 60 * 60);

/// How many refresh tokens a grant remembers. Rotation with a long grace adds one a request; the oldest are forgotten
/// and then refused as invalid. *Chosen*.
const MOST_TOKENS: usize = 32;

/// The id of a grant: what tokens call `event_id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(String);

impl GrantId {
    /// The id that is spelt `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A new id.
    pub fn generate(random: &[u8; 16]) -> Self {
        Self(spell_uuid(random))
    }

    /// The text of the id.
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
    /// Its id.
    pub id: GrantId,
    /// Whose it is.
    pub of: Sub,
    /// Through which app client.
    pub client: ClientId,
    /// What tokens call `origin_jti`.
    pub origin_jti: String,
    /// When the user showed who they are; renewing does not change it.
    pub auth_time: Timestamp,
    /// The instant from which no refresh token of it is good.
    pub expires_at: Timestamp,
    /// The device that signed in, where the pool remembers devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_key: Option<String>,
    /// Its refresh tokens, the newest last.
    tokens: Vec<Kept>,
}

/// A refresh token, as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    digest: Digest,
    /// The instant from which it is no longer good, if another has taken its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_at: Option<Timestamp>,
}

/// The random bytes of a new grant.
#[derive(Clone)]
pub struct GrantSeed {
    /// For the id.
    pub id: [u8; 16],
    /// For `origin_jti`.
    pub origin: [u8; 16],
    /// For the refresh token.
    pub secret: [u8; 32],
}

/// The text that a client holds to renew its tokens.
#[derive(Clone, Debug)]
pub struct RefreshToken(Secret);

/// What a refresh token says of itself, its digest found right.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whose it is.
    pub of: Sub,
    /// Of which grant.
    pub grant: GrantId,
    /// When it ends.
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

    /// The text, for an answer.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }

    /// Reads a token of this pool; nothing, if this server did not make it.
    pub fn open(keys: &DigestKeys, pool: &PoolId, text: &str) -> Option<Opened> {
        let (body, digest) = text.split_once('.')?;
        let body = String::from_utf8(URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        let digest = Digest::from_bytes(URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()?);
        if !keys.is_digest_of(&digest, &parts(pool, &body)) {
            return None;
        }
        let mut words = body.split('/');
        let (of, grant) = (Sub::new(words.next()?), GrantId::new(words.next()?));
        let expires_at = Timestamp::from_millis(words.next()?.parse().ok()?);
        Some(Opened { of, grant, expires_at, digest })
    }
}

fn parts<'a>(pool: &'a PoolId, body: &'a str) -> [&'a str; 3] {
    ["refresh-token", pool.as_str(), body]
}

impl Grant {
    /// A grant that begins now, with its first refresh token.
    pub fn begin(
        keys: &DigestKeys,
        pool: &PoolId,
        of: Sub,
        client: ClientId,
        refresh_ttl: Duration,
        seed: &GrantSeed,
        now: Timestamp,
    ) -> (Self, RefreshToken) {
        let mut grant = Self {
            id: GrantId::generate(&seed.id),
            of,
            client,
            origin_jti: spell_uuid(&seed.origin),
            auth_time: now,
            expires_at: now.after(refresh_ttl),
            device_key: None,
            tokens: Vec::new(),
        };
        let (token, digest) = RefreshToken::generate(keys, pool, &grant, &seed.secret);
        grant.tokens.push(Kept { digest, replaced_at: None });
        (grant, token)
    }

    /// Refuses a refresh token that is not of this client, or is over, or was rotated out.
    pub fn check(&self, token: &Opened, client: &ClientId, now: Timestamp) -> Result<(), Refusal> {
        if self.client != *client {
            return Err(Refusal::RefreshTokenInvalid);
        }
        if self.expires_at <= now {
            return Err(Refusal::RefreshTokenExpired);
        }
        let is_it = |kept: &&Kept| bool::from(kept.digest.as_bytes().ct_eq(token.digest.as_bytes()));
        match self.tokens.iter().find(is_it) {
            None => Err(Refusal::RefreshTokenInvalid),
            Some(Kept { replaced_at: Some(at), .. }) if *at <= now => Err(Refusal::RefreshTokenReused),
            Some(_) => Ok(()),
        }
    }

    /// The grant with another refresh token in place of this one, which stays good for `grace`. What is left of the
    /// grant's time does not change (*Documented*, cog-0333). Every other token stays what it is, since a client that
    /// tries again within the grace may hold any of them.
    pub fn rotated(
        &self,
        keys: &DigestKeys,
        pool: &PoolId,
        used: &Opened,
        grace: Duration,
        secret: &[u8; 32],
        now: Timestamp,
    ) -> (Self, RefreshToken) {
        let mut grant = self.clone();
        for kept in grant.tokens.iter_mut().filter(|kept| kept.digest == used.digest) {
            kept.replaced_at.get_or_insert(now.after(grace));
        }
        let (token, digest) = RefreshToken::generate(keys, pool, &grant, secret);
        grant.tokens.push(Kept { digest, replaced_at: None });
        let surplus = grant.tokens.len().saturating_sub(MOST_TOKENS);
        grant.tokens.drain(..surplus);
        (grant, token)
    }

    /// When nothing of it can be alive any more, so that it may be dropped.
    pub fn ends_at(&self) -> Timestamp {
        self.expires_at.after(OUTLIVES)
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
