//! What stands in the tokens: the claims of id and access tokens, and for how long they are good.
//!
//! The claims are those that the guide lists for tokens of the user pools API (*Documented*), checked against recorded
//! tokens (cog-0219, cog-0220). How a token is signed and where its keys are published is the server's matter; what
//! revokes it, [`crate::token::grant`]'s. Whether an access token still opens the door is [`crate::flow::bearer`]'s.

pub mod changes;
pub mod grant;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    Timestamp,
    client::Client,
    id::{ClientId, Sub},
    token::grant::{Grant, GrantId},
    user::{User, group::GroupClaims},
};

/// The scope of every token that the user pools API issues: to act for oneself.
pub const SELF_SERVICE: &str = "aws.cognito.signin.user.admin";

/// Whom a pair of tokens is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The user.
    pub user: &'a User,
    /// The app client.
    pub client: &'a Client,
    /// The sign-in.
    pub grant: &'a Grant,
    /// The groups of the user.
    pub groups: &'a GroupClaims,
    /// The issuer: the address that the client uses, and the pool's id.
    pub issuer: &'a str,
}

/// The claims of one token, by name.
pub type Claims = Map<String, Value>;

impl Subject<'_> {
    /// The claims of an id token that is issued now; `jti` is its own id.
    ///
    /// Attributes are those that the app client may read. Verified flags are JSON booleans, and an address is an
    /// object, as OpenID Connect wants it; everything else is text, custom numbers too (*Documented*).
    pub fn id_claims(&self, jti: String, now: Timestamp) -> Claims {
        let attributes = self.user.attributes.iter().filter(|(name, _)| self.client.may_read(name));
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

    /// The claims of an access token that is issued now; `jti` is its own id.
    pub fn access_claims(&self, jti: String, now: Timestamp) -> Claims {
        let mut claims = self.common("access", self.client.lifetimes.access_ttl, now);
        claims.insert("client_id".into(), json!(self.client.id.as_str()));
        claims.insert("username".into(), json!(self.user.username.as_str()));
        claims.insert("scope".into(), json!(SELF_SERVICE));
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
        if !self.groups.groups.is_empty() {
            claims.insert("cognito:groups".into(), json!(self.groups.groups));
        }
        claims
    }
}

fn claim(name: &str, value: &str) -> Value {
    match name {
        "email_verified" | "phone_number_verified" => json!(value == "true"),
        "address" => json!({ "formatted": value }),
        _ => json!(value),
    }
}

/// What an access token says, its signature found right.
#[derive(Clone, Debug, Deserialize)]
pub struct AccessToken {
    /// Whose it is.
    pub sub: Sub,
    /// Through which app client it was issued.
    pub client_id: ClientId,
    /// Its grant.
    #[serde(rename = "event_id")]
    pub grant: GrantId,
    /// `access`.
    pub token_use: String,
    /// What it allows, words with blanks between.
    #[serde(default)]
    pub scope: String,
    /// The second from which it is no longer good.
    pub exp: i64,
    /// The device that signed in, where the pool remembers devices.
    #[serde(default)]
    pub device_key: Option<String>,
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
