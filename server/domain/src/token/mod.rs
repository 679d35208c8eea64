//! The claims of id and access tokens.
//!
//! The claims are those that the guide lists for tokens of the user pools API (*Documented*), compared with recorded
//! tokens (cog-0219, cog-0220). Signing tokens and publishing keys is in the server's `tokens` module, revocation in
//! [`grant`], and the check of an access token in a request in [`crate::flow::bearer`].

pub mod assurance;
pub mod changes;
pub mod grant;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    Timestamp,
    client::Client,
    id::{ClientId, Sub},
    pool::Pool,
    scope::{SELF_SERVICE_SCOPE, Scopes},
    token::{
        assurance::Assurance,
        grant::{Grant, GrantId},
    },
    user::{User, group::GroupClaims},
};

/// The claim `version` of the access tokens of the OAuth endpoints (*Documented*).
const ACCESS_TOKEN_VERSION: u32 = 2;

/// The subject of an id token and an access token, from which their claims follow.
#[derive(Clone, Copy, Debug)]
pub struct TokenSubject<'a> {
    /// The user.
    pub user: &'a User,
    /// The app client.
    pub client: &'a Client,
    /// The grant of the sign-in.
    pub grant: &'a Grant,
    /// The group claims of the user.
    pub groups: &'a GroupClaims,
    /// The issuer, a URL that ends with the pool id.
    pub issuer: &'a str,
    /// The pool.
    pub pool: &'a Pool,
}

/// The claims of one token, by name.
pub type Claims = Map<String, Value>;

impl TokenSubject<'_> {
    /// Returns the claims of an id token that is issued at `now` with the id `jti`.
    ///
    /// They include the attributes that the app client may read. Verified flags are JSON Booleans, and an address is an
    /// object, as OpenID Connect requires; all other attributes are strings, also custom numbers (*Documented*).
    pub fn id_claims(&self, jti: String, now: Timestamp) -> Claims {
        let shows = |name: &str| self.grant.access.as_ref().is_none_or(|access| access.scopes.shows(name));
        let attributes =
            self.user.attributes.iter().filter(|(name, _)| self.client.may_read(name) && shows(name));
        let mut claims: Claims =
            attributes.map(|(name, value)| (name.to_owned(), claim(name, value))).collect();
        claims.extend(self.common("id", self.client.lifetimes.id_ttl, now));
        claims.insert("aud".into(), json!(self.client.id.as_str()));
        claims.insert("cognito:username".into(), json!(self.user.username.as_str()));
        if !self.groups.roles.is_empty() {
            claims.insert("cognito:roles".into(), json!(self.groups.roles));
        }
        if let Some(role) = &self.groups.preferred_role {
            claims.insert("cognito:preferred_role".into(), json!(role));
        }
        if self.client.revokes_tokens {
            claims.insert("jti".into(), json!(jti));
        }
        claims
    }

    /// Returns the claims of an access token that is issued at `now` with the id `jti`.
    pub fn access_claims(&self, jti: String, now: Timestamp) -> Claims {
        let mut claims = self.common("access", self.client.lifetimes.access_ttl, now);
        claims.insert("client_id".into(), json!(self.client.id.as_str()));
        claims.insert("username".into(), json!(self.user.username.as_str()));
        match &self.grant.access {
            None => {
                claims.insert("scope".into(), json!(SELF_SERVICE_SCOPE));
            }
            Some(access) => {
                claims.insert("scope".into(), json!(access.scopes.to_text()));
                claims.insert("version".into(), json!(ACCESS_TOKEN_VERSION));
                claims.extend(access.resource.as_ref().map(|resource| ("aud".into(), json!(resource))));
            }
        }
        claims.insert("jti".into(), json!(jti));
        if let Some(device_key) = &self.grant.device_key {
            claims.insert("device_key".into(), json!(device_key));
        }
        claims
    }

    fn common(&self, token_use: &str, ttl: Duration, now: Timestamp) -> Claims {
        let mut claims = Claims::new();
        claims.insert("sub".into(), json!(self.user.sub.as_str()));
        claims.insert("iss".into(), json!(self.issuer));
        claims.insert("token_use".into(), json!(token_use));
        claims.insert("event_id".into(), json!(self.grant.id.as_str()));
        claims.insert("auth_time".into(), json!(self.grant.auth_time.as_seconds()));
        claims.insert("iat".into(), json!(now.as_seconds()));
        claims.insert("exp".into(), json!(now.after(ttl).as_seconds()));
        if self.client.revokes_tokens {
            claims.insert("origin_jti".into(), json!(self.grant.origin_jti));
        }
        if let Some(Assurance { acr, amr }) = Assurance::of(self.grant.methods, self.pool) {
            claims.insert("acr".into(), json!(acr));
            claims.insert("amr".into(), json!(amr));
        }
        if !self.groups.groups.is_empty() {
            claims.insert("cognito:groups".into(), json!(self.groups.groups));
        }
        claims
    }
}

/// Returns the claims of the access token that an app client gets for itself at `now`, without a user (*Documented*,
/// oau-0109).
pub fn client_claims(client: &Client, scopes: &Scopes, issuer: &str, jti: String, now: Timestamp) -> Claims {
    let id = client.id.as_str();
    let claims = json!({
        "sub": id,
        "token_use": "access",
        "scope": scopes.to_text(),
        "auth_time": now.as_seconds(),
        "iss": issuer,
        "exp": now.after(client.lifetimes.access_ttl).as_seconds(),
        "iat": now.as_seconds(),
        "version": ACCESS_TOKEN_VERSION,
        "jti": jti,
        "client_id": id,
    });
    match claims {
        Value::Object(claims) => claims,
        _ => Claims::new(),
    }
}

/// Returns the claim `at_hash` of an id token that is issued with this access token (OpenID Connect Core, section
/// 3.1.3.6).
pub fn access_token_hash(access_token: &str) -> String {
    let digest = Sha256::digest(access_token);
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

fn claim(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => json!(value.eq_ignore_ascii_case("true")),
        "address" => json!({ "formatted": value }),
        _ => json!(value),
    }
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An access token.
    Access,
    /// An id token.
    Id,
}

/// The claims of any token of a pool with a valid signature: of a user or of an app client itself.
#[derive(Clone, Debug, Deserialize)]
pub struct PresentedToken {
    /// The sub of the user, or the id of the app client.
    pub sub: Sub,
    /// The app client to which an access token was issued.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    /// The id of the grant; an app client's own token has none.
    #[serde(default, rename = "event_id")]
    pub grant: Option<GrantId>,
    /// The value `access` or `id`.
    token_use: String,
    /// The scopes of an access token.
    #[serde(default)]
    pub scope: Option<String>,
    /// The audience.
    #[serde(default)]
    pub aud: Option<String>,
    /// Who acts for the user.
    #[serde(default)]
    pub act: Option<Value>,
    /// The instant from which the token is no longer valid, in seconds since the epoch.
    pub exp: i64,
}

impl PresentedToken {
    /// Returns its kind, as it says itself.
    pub fn kind(&self) -> Option<TokenKind> {
        match self.token_use.as_str() {
            "access" => Some(TokenKind::Access),
            "id" => Some(TokenKind::Id),
            _ => None,
        }
    }

    /// Returns whether this is the token of an app client itself.
    pub fn is_of_client(&self) -> bool {
        self.grant.is_none()
    }
}

/// The claims of an access token with a valid signature.
#[derive(Clone, Debug, Deserialize)]
pub struct AccessToken {
    /// The sub of the user.
    pub sub: Sub,
    /// The app client to which the token was issued.
    pub client_id: ClientId,
    /// The id of the grant.
    #[serde(rename = "event_id")]
    pub grant: GrantId,
    /// The value `access`.
    pub token_use: String,
    /// The scopes, separated by spaces.
    #[serde(default)]
    pub scope: String,
    /// The instant from which the token is no longer valid, in seconds since the epoch.
    pub exp: i64,
    /// The device that signed in, where the pool remembers devices.
    #[serde(default)]
    pub device_key: Option<String>,
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
