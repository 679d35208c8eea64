//! An app client, as far as it decides anything: which flows it may use, what it may write, what it hides.
//!
//! It is derived from the client's settings, which [`settings`] reads, and never stored itself. What the settings must not
//! say of OAuth is [`oauth`]'s matter; the secret itself is [`secret_hash`]'s; here it lies sealed.

pub mod defaults;
pub mod lifetime;
pub mod oauth;
pub mod secret_hash;
pub mod settings;

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::schema::Schema,
    client::lifetime::Lifetimes,
    id::{self, ClientId},
    pool::{Feature, Pool},
    refusal::{ClientFault, Refusal},
    secret::{Sealed, Secret},
};

/// A value of ExplicitAuthFlows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
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

/// How many secrets a client can have, so that one can be changed for another without a pause (*Documented*).
pub const MOST_SECRETS: usize = 2;

/// A secret of an app client, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// Its id: the client's, two hyphens and the instant of creation (*Documented*, ClientSecretDescriptorType).
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub lifetimes: Lifetimes,
    /// RefreshTokenRotation is ENABLED.
    pub rotates_refresh_tokens: bool,
    /// RetryGracePeriodSeconds: how long a refresh token stays good after another has taken its place.
    pub rotation_grace_seconds: u32,
    /// EnablePropagateAdditionalUserContextData: what it tells of its users' addresses counts.
    pub propagates_context: bool,
    /// EnableTokenRevocation, on by default (*Documented*, cog-0323).
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
            propagates_context: false,
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
    /// service itself keeps. Those of developers are read-only to every app client (*Documented*, SchemaAttributeType),
    /// whatever it lists.
    pub fn may_write(&self, attribute: &str) -> bool {
        match &self.write_attributes {
            Some(listed) => listed.contains(attribute) && !attribute.starts_with("dev:"),
            None => Schema::is_standard(attribute) && !is_kept_by_the_service(attribute),
        }
    }

    /// Refuses settings that contradict each other or the pool. Run when a client is created or updated.
    ///
    /// Old and new names of flows do not mix (*Documented*). Listed attributes must exist; a written one must not be
    /// one that the service keeps, and a list that leaves out a required attribute would shut sign-up out. Refresh
    /// tokens that rotate are not used by REFRESH_TOKEN_AUTH (*Documented*), and USER_AUTH needs at least Essentials
    /// (*Documented*, CreateUserPoolClient).
    pub fn check(&self, pool: &Pool) -> Result<(), Refusal> {
        let fault = |fault| Err(Refusal::Client(fault));
        let legacy = self.auth_flows.iter().filter(|flow| flow.is_legacy()).count();
        if legacy > 0 && legacy < self.auth_flows.len() {
            return fault(ClientFault::MixedFlows);
        }
        let features = [
            self.allows_user_auth().then_some(Feature::ChoiceBasedSignIn),
            self.rotates_refresh_tokens.then_some(Feature::RefreshTokenRotation),
        ];
        if let Some(lacking) = features.into_iter().flatten().find(|feature| feature.least_tier() > pool.tier)
        {
            return fault(ClientFault::TierTooLow(pool.tier, lacking));
        }
        if self.rotates_refresh_tokens && self.auth_flows.contains(&AuthFlow::AllowRefreshTokenAuth) {
            return fault(ClientFault::RotationWithRefreshFlow);
        }
        if !(3..=15).contains(&self.session_minutes) {
            return fault(ClientFault::SessionMinutes);
        }
        let unknown = |listed: &Option<BTreeSet<String>>| {
            listed.iter().flatten().any(|name| pool.schema.get(name).is_none())
        };
        if unknown(&self.read_attributes) {
            return fault(ClientFault::ReadAttributes);
        }
        let lacks_required = |listed: &BTreeSet<String>| {
            pool.schema.iter().any(|(name, spec)| spec.required && name != "sub" && !listed.contains(name))
        };
        if unknown(&self.write_attributes)
            || self.write_attributes.iter().flatten().any(|name| is_kept_by_the_service(name))
            || self.write_attributes.as_ref().is_some_and(lacks_required)
        {
            return fault(ClientFault::WriteAttributes);
        }
        Ok(())
    }

    /// The id of a secret that is made now. Two of one instant are told apart by pretending that the second came a
    /// little later.
    pub fn new_secret_id(&self, now: Timestamp) -> String {
        let mut at = now.as_millis();
        loop {
            let id = secret_id(&self.id, at);
            if self.secrets.iter().all(|secret| secret.id != id) {
                return id;
            }
            at = at.saturating_add(1);
        }
    }

    /// Refuses a further secret where there is none to change it for, or no room.
    ///
    /// A client that was created without a secret is a public one and stays so (*Documented*: the operation is for an
    /// existing confidential client).
    pub fn check_room_for_secret(&self) -> Result<(), Refusal> {
        match self.secrets.len() {
            0 => Err(Refusal::Client(ClientFault::NoSecret)),
            MOST_SECRETS.. => Err(Refusal::Client(ClientFault::TooManySecrets)),
            _ => Ok(()),
        }
    }

    /// The client without a secret; the last one stays (*Documented*).
    pub fn without_secret(&self, id: &str) -> Result<Client, Refusal> {
        let mut client = self.clone();
        client.secrets.retain(|secret| secret.id != id);
        if client.secrets.len() == self.secrets.len() {
            return Err(Refusal::Client(ClientFault::UnknownSecret(id.to_owned())));
        }
        if client.secrets.is_empty() {
            return Err(Refusal::Client(ClientFault::LastSecret));
        }
        Ok(client)
    }

    /// The secret that the client was created with, as long as it has it: the one that describing the client tells.
    ///
    /// No other takes its place (reported of the live service, April 2026), and whoever adds a secret is told it then.
    pub fn first_secret(&self, created_at: Timestamp) -> Option<&ClientSecret> {
        let id = secret_id(&self.id, created_at.as_millis());
        self.secrets.iter().find(|secret| secret.id == id)
    }
}

fn secret_id(client: &ClientId, at: i64) -> String {
    format!("{client}--{at}")
}

/// What is said of secrets when a client is created: at most one of the two (*Documented*, CreateUserPoolClient).
pub fn check_secret_asked(sent: bool, generated: bool) -> Result<(), Refusal> {
    if sent && generated { Err(Refusal::Client(ClientFault::SecretTwice)) } else { Ok(()) }
}

fn is_kept_by_the_service(attribute: &str) -> bool {
    matches!(attribute, "sub" | "email_verified" | "phone_number_verified" | "identities")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::schema::AttributeSpec, fixture, pool::Tier};

    #[test]
    fn what_a_client_may_write() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let cases: [(Option<BTreeSet<String>>, &str, bool); 7] = [
            (None, "email", true),
            (None, "email_verified", false),
            (None, "sub", false),
            (None, "custom:size", false),
            (names(&["custom:size"]), "custom:size", true),
            (names(&["custom:size"]), "email", false),
            (names(&["dev:custom:size"]), "dev:custom:size", false),
        ];
        for (write_attributes, attribute, expected) in cases {
            let client = Client { write_attributes, ..fixture::client() };
            assert_eq!(client.may_write(attribute), expected, "{attribute}");
        }
    }

    #[test]
    fn settings_that_contradict() {
        type Spoil = fn(&mut Client);
        let attributes = |name: &str| Some(BTreeSet::from([name.to_owned()]));
        let cases: [(Spoil, Option<ClientFault>); 9] = [
            (|_| (), None),
            (
                |client| {
                    client.auth_flows.insert(AuthFlow::UserPasswordAuth);
                },
                Some(ClientFault::MixedFlows),
            ),
            (|client| client.auth_flows = BTreeSet::from([AuthFlow::UserPasswordAuth]), None),
            (|client| client.session_minutes = 2, Some(ClientFault::SessionMinutes)),
            (|client| client.rotates_refresh_tokens = true, Some(ClientFault::RotationWithRefreshFlow)),
            (
                |client| {
                    client.rotates_refresh_tokens = true;
                    client.auth_flows = BTreeSet::from([AuthFlow::AllowUserAuth]);
                },
                None,
            ),
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
            assert_eq!(client.check(&fixture::pool()).err(), expected.map(Refusal::Client));
        }
        // A required attribute must be writable, where what is writable is listed.
        let mut pool = fixture::pool();
        let required =
            AttributeSpec { required: true, ..pool.schema.get("email").expect("standard").clone() };
        pool.schema = pool.schema.extended(vec![("email".into(), required)]).expect("legal");
        let client = |name| Client { write_attributes: attributes(name), ..fixture::client() };
        assert_eq!(client("name").check(&pool), Err(Refusal::Client(ClientFault::WriteAttributes)));
        assert_eq!(client("email").check(&pool), Ok(()));
    }

    #[test]
    fn what_needs_a_plan() {
        let choosing = Client { auth_flows: BTreeSet::from([AuthFlow::AllowUserAuth]), ..fixture::client() };
        let flows = BTreeSet::from([AuthFlow::AllowUserSrpAuth]);
        let rotating = Client { rotates_refresh_tokens: true, auth_flows: flows, ..fixture::client() };
        for (client, feature) in
            [(choosing, Feature::ChoiceBasedSignIn), (rotating, Feature::RefreshTokenRotation)]
        {
            let in_tier = |tier| client.check(&Pool { tier, ..fixture::pool() });
            let fault = ClientFault::TierTooLow(Tier::Lite, feature);
            assert_eq!(in_tier(Tier::Lite), Err(Refusal::Client(fault)));
            assert_eq!([in_tier(Tier::Essentials), in_tier(Tier::Plus)], [Ok(()), Ok(())]);
        }
    }

    #[test]
    fn one_secret_is_changed_for_another() {
        let (born, now) = (Timestamp::from_millis(7), Timestamp::from_millis(9));
        let secret = |id: String| ClientSecret { id, sealed: Sealed::from_text("x"), created_at: now };
        let mut client = fixture::client();
        assert_eq!(client.check_room_for_secret(), Err(Refusal::Client(ClientFault::NoSecret)));
        let first = client.new_secret_id(born);
        assert_eq!(first, "client--7");
        client.secrets.push(secret(first.clone()));
        assert_eq!(client.check_room_for_secret(), Ok(()));
        assert_eq!(client.without_secret(&first), Err(Refusal::Client(ClientFault::LastSecret)));
        let second = client.new_secret_id(born);
        assert_eq!(second, "client--8", "two of one instant");
        client.secrets.push(secret(second.clone()));
        assert_eq!(client.check_room_for_secret(), Err(Refusal::Client(ClientFault::TooManySecrets)));
        let unknown = Err(Refusal::Client(ClientFault::UnknownSecret("nope".into())));
        assert_eq!(client.without_secret("nope"), unknown);
        assert_eq!(client.first_secret(born).map(|secret| &secret.id), Some(&first));
        let left = client.without_secret(&first).expect("one is left");
        assert_eq!(left.secrets, [secret(second)]);
        assert_eq!(left.first_secret(born), None, "no other takes its place");
    }

    #[test]
    fn a_secret_is_sent_or_made() {
        let twice = Err(Refusal::Client(ClientFault::SecretTwice));
        for (sent, made, expected) in
            [(false, false, Ok(())), (true, false, Ok(())), (false, true, Ok(())), (true, true, twice)]
        {
            assert_eq!(check_secret_asked(sent, made), expected);
        }
    }

    #[test]
    fn secrets_are_long_and_differ() {
        let one = generate_secret(&[1; 40]);
        assert_eq!(one.expose().len(), 51);
        assert_ne!(one.expose(), generate_secret(&[2; 40]).expose());
    }
}
