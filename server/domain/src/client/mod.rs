//! An app client as rules use it: [`Client`], with its sign-in flows, attribute permissions and secrets.
//!
//! A `Client` is derived from the settings of an app client by [`settings`] and is never stored. The stored form is
//! [`crate::record::ClientRecord`]. The check of OAuth settings is in [`oauth`], the secret hash in [`secret_hash`].

pub mod cimd;
pub mod defaults;
pub mod lifetime;
pub mod oauth;
pub mod secret_hash;
pub mod settings;

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    client::{lifetime::Lifetimes, oauth::OAuth},
    id::{self, ClientId},
    pool::{Feature, Pool},
    refusal::{ClientFault, Refusal},
    secret::{Sealed, Secret},
};

/// A value of `ExplicitAuthFlows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the variants have the names and meanings of the values in the API")]
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
    AllowClientTokenAuth,
    AllowTokenExchangeDelegation,
    AllowTokenExchangeImpersonation,
}

impl AuthFlow {
    /// Returns whether this is an older name, without the prefix `ALLOW_`.
    pub const fn is_legacy(self) -> bool {
        matches!(self, AuthFlow::AdminNoSrpAuth | AuthFlow::CustomAuthFlowOnly | AuthFlow::UserPasswordAuth)
    }

    /// Returns the flows of an app client that was created without `ExplicitAuthFlows` (*Documented*, cog-0323).
    pub fn defaults() -> BTreeSet<AuthFlow> {
        BTreeSet::from([
            AuthFlow::AllowRefreshTokenAuth,
            AuthFlow::AllowUserSrpAuth,
            AuthFlow::AllowCustomAuth,
        ])
    }
}

/// The maximum number of secrets of an app client, so that a secret can be replaced without an interruption
/// (*Documented*).
pub const MAX_CLIENT_SECRETS: usize = 2;

/// A secret of an app client, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// The id: the client id, two hyphens and the time of creation in milliseconds (*Documented*,
    /// ClientSecretDescriptorType).
    pub id: String,
    /// The sealed text.
    pub sealed: Sealed,
    /// When the secret was created.
    pub created_at: Timestamp,
}

/// Returns a random client secret.
pub fn generate_secret(random: &[u8; 40]) -> Secret {
    Secret::new(id::spell_client_secret(random))
}

/// An app client: its id, its secrets, and the settings that rules depend on.
///
/// # Examples
///
/// ```
/// use lido_domain::{client::Client, id::ClientId};
///
/// let client = Client::new(ClientId::new("1example23456789"));
/// assert!(client.may_read("email"));
/// assert!(!client.may_write("email_verified"));
/// assert!(client.may_read("custom:size") && !client.may_write("dev:custom:size"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The id.
    pub id: ClientId,
    /// The secrets. Requests of a client without secrets need no secret hash.
    pub secrets: Vec<ClientSecret>,
    /// `ExplicitAuthFlows`: the sign-in flows that the client may use.
    pub auth_flows: BTreeSet<AuthFlow>,
    /// Whether `PreventUserExistenceErrors` is ENABLED. The API's default is LEGACY (*Documented*).
    pub hides_users: bool,
    /// `ReadAttributes`, if set.
    pub read_attributes: Option<BTreeSet<String>>,
    /// `WriteAttributes`, if set.
    pub write_attributes: Option<BTreeSet<String>>,
    /// `AuthSessionValidity` in minutes, 3 to 15.
    pub session_minutes: u32,
    /// The validity of the tokens.
    pub lifetimes: Lifetimes,
    /// Whether `RefreshTokenRotation` is ENABLED.
    pub rotates_refresh_tokens: bool,
    /// `RetryGracePeriodSeconds`: how long a refresh token remains valid after it was replaced.
    pub rotation_grace_seconds: u32,
    /// `EnablePropagateAdditionalUserContextData`: whether the IP address that the client sends for its user is used.
    pub propagates_context: bool,
    /// `EnableTokenRevocation`, true by default (*Documented*, cog-0323).
    pub revokes_tokens: bool,
    /// The flows, scopes and redirect URLs of the OAuth endpoints.
    pub oauth: OAuth,
}

impl Client {
    /// Creates a client with the default settings of CreateUserPoolClient.
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
            oauth: OAuth::default(),
        }
    }

    /// Returns how long a refresh token remains valid after it was replaced, or `None` if refresh tokens are not
    /// rotated.
    pub fn rotation_grace(&self) -> Option<Duration> {
        self.rotates_refresh_tokens.then(|| Duration::from_secs(u64::from(self.rotation_grace_seconds)))
    }

    /// Returns whether the token endpoint renews tokens of this client.
    ///
    /// *Chosen*: for an app client of the OAuth endpoints always, since every code comes with a refresh token; for another
    /// one, if its operations renew tokens.
    pub fn may_renew(&self) -> bool {
        self.oauth.is_enabled || self.rotates_refresh_tokens || self.has_refresh_flow()
    }

    /// Returns whether the flow REFRESH_TOKEN_AUTH is allowed.
    pub fn has_refresh_flow(&self) -> bool {
        self.auth_flows.contains(&AuthFlow::AllowRefreshTokenAuth)
            || self.auth_flows.iter().all(|flow| flow.is_legacy())
    }

    /// Returns whether the choice-based USER_AUTH flow is allowed. If so, SignUp and ConfirmSignUp return a session.
    pub fn allows_user_auth(&self) -> bool {
        self.auth_flows.contains(&AuthFlow::AllowUserAuth)
    }

    /// Returns the validity of a session.
    pub fn session_ttl(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_minutes) * 60)
    }

    /// Returns whether this client may read `attribute` of its user.
    ///
    /// Without `ReadAttributes` it may read every attribute of the pool, including custom ones (*Documented*, api-0161).
    pub fn may_read(&self, attribute: &str) -> bool {
        match &self.read_attributes {
            Some(listed) => listed.contains(attribute),
            None => true,
        }
    }

    /// Returns whether a user of this client may write `attribute`.
    ///
    /// Without `WriteAttributes` every attribute of the pool is writable, including custom ones (*Documented*, api-0161), except
    /// those that only the service can set. Developer attributes are read-only for every app client (*Documented*,
    /// SchemaAttributeType), even if they are listed. Whether the pool has the attribute is decided by the schema.
    pub fn may_write(&self, attribute: &str) -> bool {
        match &self.write_attributes {
            Some(listed) => listed.contains(attribute) && !attribute.starts_with("dev:"),
            None => !attribute.starts_with("dev:") && !is_set_by_service_only(attribute),
        }
    }

    /// Refuses settings that contradict each other or the pool. It runs when a client is created or updated.
    ///
    /// Old and new names of flows cannot be mixed (*Documented*). Listed attributes must exist. A writable attribute
    /// must not be one that only the service can set, and the list must contain all required attributes, because users
    /// could not sign up otherwise. A client with the flow of GetClientToken has no other one, and a secret (*Documented*,
    /// api-0291). Refresh token rotation excludes REFRESH_TOKEN_AUTH (*Documented*). USER_AUTH needs
    /// the Essentials plan or a higher one (*Documented*, CreateUserPoolClient).
    ///
    /// # Errors
    ///
    /// [`Refusal::Client`] with the first fault.
    pub fn check(&self, pool: &Pool) -> Result<(), Refusal> {
        let fault = |fault| Err(Refusal::Client(fault));
        let legacy = self.auth_flows.iter().filter(|flow| flow.is_legacy()).count();
        if legacy > 0 && legacy < self.auth_flows.len() {
            return fault(ClientFault::MixedFlows);
        }
        if self.auth_flows.contains(&AuthFlow::AllowClientTokenAuth) {
            if self.auth_flows.len() > 1 {
                return fault(ClientFault::ClientTokenFlowNotAlone);
            }
            if self.secrets.is_empty() {
                return fault(ClientFault::ClientTokenWithoutSecret);
            }
        }
        let features = [
            self.allows_user_auth().then_some(Feature::ChoiceBasedSignIn),
            self.rotates_refresh_tokens.then_some(Feature::RefreshTokenRotation),
        ];
        if let Some(lacking) =
            features.into_iter().flatten().find(|feature| feature.minimum_tier() > pool.tier)
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
            || self.write_attributes.iter().flatten().any(|name| is_set_by_service_only(name))
            || self.write_attributes.as_ref().is_some_and(lacks_required)
        {
            return fault(ClientFault::WriteAttributes);
        }
        Ok(())
    }

    /// Returns the id of a secret that is created at `now`.
    ///
    /// If a secret with the same time exists, the id has the next free millisecond.
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

    /// Refuses a further secret if the client has none, or as many as it can have.
    ///
    /// A client that was created without a secret is public and remains so (*Documented*: the operation is for an
    /// existing confidential client).
    pub fn check_secret_limit(&self) -> Result<(), Refusal> {
        match self.secrets.len() {
            0 => Err(Refusal::Client(ClientFault::NoSecret)),
            MAX_CLIENT_SECRETS.. => Err(Refusal::Client(ClientFault::TooManySecrets)),
            _ => Ok(()),
        }
    }

    /// Returns the client without the secret `id`.
    ///
    /// # Errors
    ///
    /// [`ClientFault::UnknownSecret`] if there is no such secret, [`ClientFault::LastSecret`] if it is the only one
    /// (*Documented*).
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

    /// Returns the secret with which the client was created, or `None` if it is deleted. DescribeUserPoolClient returns
    /// it.
    ///
    /// Another secret does not replace it there (*Observed* in a public report, April 2026). A secret that is added
    /// later is returned once, in the response of AddUserPoolClientSecret.
    pub fn first_secret(&self, created_at: Timestamp) -> Option<&ClientSecret> {
        let id = secret_id(&self.id, created_at.as_millis());
        self.secrets.iter().find(|secret| secret.id == id)
    }
}

fn secret_id(client: &ClientId, at: i64) -> String {
    format!("{client}--{at}")
}

/// Refuses a request that contains a secret and also asks to generate one (*Documented*, CreateUserPoolClient).
pub fn check_secret_source(sent: bool, generated: bool) -> Result<(), Refusal> {
    if sent && generated { Err(Refusal::Client(ClientFault::SecretSentAndGenerated)) } else { Ok(()) }
}

fn is_set_by_service_only(attribute: &str) -> bool {
    matches!(attribute, "sub" | "email_verified" | "phone_number_verified" | "identities")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::schema::AttributeSpec, fixture, pool::Tier};

    /// api-0161, api-0162.
    #[test]
    fn client_may_write_listed_or_standard_attributes() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let cases: [(Option<BTreeSet<String>>, &str, bool); 8] = [
            (None, "email", true),
            (None, "email_verified", false),
            (None, "sub", false),
            (None, "custom:size", true),
            (None, "dev:custom:size", false),
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
    fn client_with_contradictory_settings_is_refused() {
        type Change = fn(&mut Client);
        let attributes = |name: &str| Some(BTreeSet::from([name.to_owned()]));
        let cases: [(Change, Option<ClientFault>); 11] = [
            (|_| (), None),
            (
                |client| {
                    client.auth_flows.insert(AuthFlow::UserPasswordAuth);
                },
                Some(ClientFault::MixedFlows),
            ),
            (|client| client.auth_flows = BTreeSet::from([AuthFlow::UserPasswordAuth]), None),
            (
                |client| {
                    client.auth_flows.insert(AuthFlow::AllowClientTokenAuth);
                },
                Some(ClientFault::ClientTokenFlowNotAlone),
            ),
            (
                |client| client.auth_flows = BTreeSet::from([AuthFlow::AllowClientTokenAuth]),
                Some(ClientFault::ClientTokenWithoutSecret),
            ),
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
        for (change, expected) in cases {
            let mut client = fixture::client();
            change(&mut client);
            assert_eq!(client.check(&fixture::pool()).err(), expected.map(Refusal::Client));
        }
        // A list of writable attributes must contain the required ones (api-0159).
        let mut pool = fixture::pool();
        let required =
            AttributeSpec { required: true, ..pool.schema.get("email").expect("standard").clone() };
        pool.schema = pool.schema.extended(vec![("email".into(), required)]).expect("valid");
        let client = |name| Client { write_attributes: attributes(name), ..fixture::client() };
        assert_eq!(client("name").check(&pool), Err(Refusal::Client(ClientFault::WriteAttributes)));
        assert_eq!(client("email").check(&pool), Ok(()));
    }

    #[test]
    fn client_with_a_feature_that_the_plan_lacks_is_refused() {
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
    fn client_secret_is_replaced_by_adding_and_deleting() {
        let (created_at, now) = (Timestamp::from_millis(7), Timestamp::from_millis(9));
        let secret = |id: String| ClientSecret { id, sealed: Sealed::from_text("x"), created_at: now };
        let mut client = fixture::client();
        assert_eq!(client.check_secret_limit(), Err(Refusal::Client(ClientFault::NoSecret)));
        let first = client.new_secret_id(created_at);
        assert_eq!(first, "client--7");
        client.secrets.push(secret(first.clone()));
        assert_eq!(client.check_secret_limit(), Ok(()));
        assert_eq!(client.without_secret(&first), Err(Refusal::Client(ClientFault::LastSecret)));
        let second = client.new_secret_id(created_at);
        assert_eq!(second, "client--8", "the second id of the same instant");
        client.secrets.push(secret(second.clone()));
        assert_eq!(client.check_secret_limit(), Err(Refusal::Client(ClientFault::TooManySecrets)));
        let unknown = Err(Refusal::Client(ClientFault::UnknownSecret("nope".into())));
        assert_eq!(client.without_secret("nope"), unknown);
        assert_eq!(client.first_secret(created_at).map(|secret| &secret.id), Some(&first));
        let left = client.without_secret(&first).expect("one is left");
        assert_eq!(left.secrets, [secret(second)]);
        assert_eq!(left.first_secret(created_at), None, "another secret does not replace it");
    }

    #[test]
    fn secret_that_is_sent_and_generated_is_refused() {
        let twice = Err(Refusal::Client(ClientFault::SecretSentAndGenerated));
        for (sent, generated, expected) in
            [(false, false, Ok(())), (true, false, Ok(())), (false, true, Ok(())), (true, true, twice)]
        {
            assert_eq!(check_secret_source(sent, generated), expected);
        }
    }

    #[test]
    fn generated_secrets_are_long_and_differ() {
        let one = generate_secret(&[1; 40]);
        assert_eq!(one.expose().len(), 51);
        assert_ne!(one.expose(), generate_secret(&[2; 40]).expose());
    }
}
