//! An app client, as far as it decides anything: which flows it may use, what it may write, what it hides.
//!
//! Callback URLs, token lifetimes and the like are in the opaque document beside it. The secret itself is
//! [`crate::secret_hash`]'s matter; here it lies sealed.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    id::{self, ClientId},
    lifetime::Lifetimes,
    refusal::{ClientFault, Refusal},
    schema::Schema,
    secret::{Sealed, Secret},
};

/// A value of ExplicitAuthFlows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the variants are spelt like the API's values and mean the same")]
pub enum AuthFlow {
    AdminNoSrpAuth,
    CustomAuthFlowOnly,
    UserPasswordAuth,
    AllowAdminUserPasswordAuth,
    AllowCustomAuth,
    AllowUserPasswordAuth,
    AllowUserSrpAuth,
    AllowRefreshTokenAuth,
    AllowUserAuth,
    AllowTokenExchangeDelegation,
    AllowTokenExchangeImpersonation,
}

impl AuthFlow {
    /// Whether this is one of the names from before `ALLOW_`.
    pub const fn is_legacy(self) -> bool {
        matches!(self, AuthFlow::AdminNoSrpAuth | AuthFlow::CustomAuthFlowOnly | AuthFlow::UserPasswordAuth)
    }

    /// What a client gets that was created without the member (*Documented*, cog-0323).
    pub fn defaults() -> BTreeSet<AuthFlow> {
        BTreeSet::from([
            AuthFlow::AllowRefreshTokenAuth,
            AuthFlow::AllowUserSrpAuth,
            AuthFlow::AllowCustomAuth,
        ])
    }
}

/// A secret of an app client, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// A name for it, where a client has several.
    pub id: String,
    /// The sealed text.
    pub sealed: Sealed,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A new secret's text.
pub fn generate_secret(random: &[u8; 40]) -> Secret {
    Secret::new(id::spell_client_secret(random))
}

/// An app client's deciding settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its secrets; a client without one takes no secret hash.
    pub secrets: Vec<ClientSecret>,
    /// The flows that it may use.
    pub auth_flows: BTreeSet<AuthFlow>,
    /// PreventUserExistenceErrors is ENABLED; the API's default is LEGACY (*Documented*).
    pub hides_users: bool,
    /// ReadAttributes, if given.
    pub read_attributes: Option<BTreeSet<String>>,
    /// WriteAttributes, if given.
    pub write_attributes: Option<BTreeSet<String>>,
    /// AuthSessionValidity in minutes, 3 to 15.
    pub session_minutes: u32,
    /// How long its tokens live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// RefreshTokenRotation is ENABLED.
    #[serde(default)]
    pub rotates_refresh_tokens: bool,
    /// RetryGracePeriodSeconds: how long a refresh token stays good after another has taken its place.
    #[serde(default)]
    pub rotation_grace_seconds: u32,
    /// EnableTokenRevocation, on by default (*Documented*, cog-0323).
    #[serde(default = "yes")]
    pub revokes_tokens: bool,
}

impl Client {
    /// A client with the defaults of CreateUserPoolClient.
    pub fn new(id: ClientId) -> Self {
        Self {
            id,
            secrets: Vec::new(),
            auth_flows: AuthFlow::defaults(),
            hides_users: false,
            read_attributes: None,
            write_attributes: None,
            session_minutes: 3,
            lifetimes: Lifetimes::default(),
            rotates_refresh_tokens: false,
            rotation_grace_seconds: 0,
            revokes_tokens: true,
        }
    }

    /// How long a replaced refresh token stays good; nothing, where none is replaced.
    pub fn rotation_grace(&self) -> Option<Duration> {
        self.rotates_refresh_tokens.then(|| Duration::from_secs(u64::from(self.rotation_grace_seconds)))
    }

    /// Whether the choice-based USER_AUTH flow is allowed: then sign-up and confirmation answer a Session.
    pub fn allows_user_auth(&self) -> bool {
        self.auth_flows.contains(&AuthFlow::AllowUserAuth)
    }

    /// How long a Session of this client lives.
    pub fn session_ttl(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_minutes) * 60)
    }

    /// Whether this client may read `attribute` of its user.
    ///
    /// Without ReadAttributes it may read every standard attribute, the verified flags among them (*Documented*,
    /// cog-0324).
    pub fn may_read(&self, attribute: &str) -> bool {
        match &self.read_attributes {
            Some(listed) => listed.contains(attribute),
            None => Schema::is_standard(attribute),
        }
    }

    /// Whether a user of this client may write `attribute`.
    ///
    /// Without WriteAttributes every standard attribute is writable (*Documented*, cog-0324), save the ones that the
    /// service itself keeps.
    pub fn may_write(&self, attribute: &str) -> bool {
        match &self.write_attributes {
            Some(listed) => listed.contains(attribute),
            None => Schema::is_standard(attribute) && !is_kept_by_the_service(attribute),
        }
    }

    /// Refuses settings that contradict each other or the pool's schema. Run when a client is created or updated.
    ///
    /// Old and new names of flows do not mix (*Documented*). Listed attributes must exist; a written one must not be
    /// one that the service keeps, and a list that leaves out a required attribute would shut sign-up out.
    pub fn check(&self, schema: &Schema) -> Result<(), Refusal> {
        let fault = |fault| Err(Refusal::Client(fault));
        let legacy = self.auth_flows.iter().filter(|flow| flow.is_legacy()).count();
        if legacy > 0 && legacy < self.auth_flows.len() {
            return fault(ClientFault::MixedFlows);
        }
        if !(3..=15).contains(&self.session_minutes) {
            return fault(ClientFault::SessionMinutes);
        }
        let unknown = |listed: &Option<BTreeSet<String>>| {
            listed.iter().flatten().any(|name| schema.get(name).is_none())
        };
        if unknown(&self.read_attributes) {
            return fault(ClientFault::ReadAttributes);
        }
        let lacks_required = |listed: &BTreeSet<String>| {
            schema.iter().any(|(name, spec)| spec.required && name != "sub" && !listed.contains(name))
        };
        if unknown(&self.write_attributes)
            || self.write_attributes.iter().flatten().any(|name| is_kept_by_the_service(name))
            || self.write_attributes.as_ref().is_some_and(lacks_required)
        {
            return fault(ClientFault::WriteAttributes);
        }
        Ok(())
    }
}

fn yes() -> bool {
    true
}

fn is_kept_by_the_service(attribute: &str) -> bool {
    matches!(attribute, "sub" | "email_verified" | "phone_number_verified" | "identities")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn what_a_client_may_write() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let cases: [(Option<BTreeSet<String>>, &str, bool); 6] = [
            (None, "email", true),
            (None, "email_verified", false),
            (None, "sub", false),
            (None, "custom:size", false),
            (names(&["custom:size"]), "custom:size", true),
            (names(&["custom:size"]), "email", false),
        ];
        for (write_attributes, attribute, expected) in cases {
            let client = Client { write_attributes, ..fixture::client() };
            assert_eq!(client.may_write(attribute), expected, "{attribute}");
        }
    }

    #[test]
    fn settings_that_contradict() {
        type Spoil = fn(&mut Client);
        let cases: [(Spoil, Option<ClientFault>); 7] = [
            (|_| (), None),
            (
                |client| {
                    client.auth_flows.insert(AuthFlow::UserPasswordAuth);
                },
                Some(ClientFault::MixedFlows),
            ),
            (|client| client.auth_flows = BTreeSet::from([AuthFlow::UserPasswordAuth]), None),
            (|client| client.session_minutes = 2, Some(ClientFault::SessionMinutes)),
            (
                |client| client.read_attributes = Some(BTreeSet::from(["custom:nope".to_owned()])),
                Some(ClientFault::ReadAttributes),
            ),
            (
                |client| client.write_attributes = Some(BTreeSet::from(["custom:nope".to_owned()])),
                Some(ClientFault::WriteAttributes),
            ),
            (
                |client| client.write_attributes = Some(BTreeSet::from(["email_verified".to_owned()])),
                Some(ClientFault::WriteAttributes),
            ),
        ];
        for (spoil, expected) in cases {
            let mut client = fixture::client();
            spoil(&mut client);
            assert_eq!(client.check(&Schema::default()).err(), expected.map(Refusal::Client));
        }
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let one = generate_secret(&[1; 40]);
        assert_eq!(one.expose().len(), 51);
        assert_ne!(one.expose(), generate_secret(&[2; 40]).expose());
    }
}
