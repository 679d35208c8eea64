//! The settings of an app client as its administrator sent them, and the [`Client`] that is derived from them.
//!
//! They are stored as one JSON object with the members of CreateUserPoolClient, without the defaults
//! ([`crate::client::defaults`]). [`ClientSettings`] reads the members that rules depend on or that can be refused. The
//! check of OAuth settings is in [`crate::client::oauth`].

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    client::{
        AuthFlow, Client, ClientSecret,
        defaults::with_effective_defaults,
        lifetime::{Lifetimes, TokenValidity, Unit},
        oauth::{OAuth, OAuthFlow},
    },
    id::{ClientId, ResourceServerId},
    pool::{
        Pool,
        resource_server::{ResourceServer, scopes_of, servers_of},
    },
    refusal::{ClientFault, Refusal},
    settings::{Omitted, apply_update},
};

/// What UpdateUserPoolClient does with each member of the settings that its request omits.
///
/// *Observed*: validities, rotation and the other scalars of sessions and revocation stay (api-0139, api-0141); lists go
/// (api-0142). *Documented*: PublishSecretsInAWSSecretsManager stays (api-0171). Reported: OAuth settings and permissions
/// go (api-0143, api-0144). *Chosen*: PreventUserExistenceErrors stays, as a scalar; AnalyticsConfiguration goes, as the
/// API reference says of every member.
pub const UPDATE_USER_POOL_CLIENT: &[(&str, Omitted)] = &[
    ("AccessTokenValidity", Omitted::Stays),
    ("AllowedOAuthFlows", Omitted::Resets),
    ("AllowedOAuthFlowsUserPoolClient", Omitted::Resets),
    ("AllowedOAuthScopes", Omitted::Resets),
    ("AnalyticsConfiguration", Omitted::Resets),
    ("AuthSessionValidity", Omitted::Stays),
    ("CallbackURLs", Omitted::Resets),
    ("DefaultRedirectURI", Omitted::Resets),
    ("EnablePropagateAdditionalUserContextData", Omitted::Stays),
    ("EnableTokenRevocation", Omitted::Stays),
    ("ExplicitAuthFlows", Omitted::Resets),
    ("IdTokenValidity", Omitted::Stays),
    ("LogoutURLs", Omitted::Resets),
    ("PreventUserExistenceErrors", Omitted::Stays),
    ("PublishSecretsInAWSSecretsManager", Omitted::Stays),
    ("ReadAttributes", Omitted::Resets),
    ("RefreshTokenRotation", Omitted::Stays),
    ("RefreshTokenValidity", Omitted::Stays),
    ("SupportedIdentityProviders", Omitted::Resets),
    ("TokenValidityUnits", Omitted::Stays),
    ("WriteAttributes", Omitted::Resets),
];

/// Returns the settings of an app client after UpdateUserPoolClient with the members `request`.
pub fn update_user_pool_client(former: &Value, request: &Map<String, Value>) -> Value {
    apply_update(UPDATE_USER_POOL_CLIENT, former, request)
}

/// Whether the secret of an app client is told by its ARN, not by its value.
const PUBLISH_SECRETS: &str = "PublishSecretsInAWSSecretsManager";

/// Returns whether the settings tell the secret by its ARN.
pub fn publishes_secrets(settings: &Value) -> bool {
    settings.get(PUBLISH_SECRETS).and_then(Value::as_bool).unwrap_or(false)
}

/// Returns the settings without the members that do not apply to an app client.
///
/// *Documented*: PublishSecretsInAWSSecretsManager applies only to an app client with a secret that was generated.
/// *Chosen*: elsewhere it is dropped; a later update counts every secret as generated, because how a secret came to be is
/// not stored.
pub fn keep_applicable(mut settings: Value, has_generated_secret: bool) -> Value {
    if let Value::Object(members) = &mut settings
        && !has_generated_secret
    {
        members.remove(PUBLISH_SECRETS);
    }
    settings
}

/// The settings of an app client that rules depend on or that can be refused, with their defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClientSettings {
    access_token_validity: Option<u32>,
    id_token_validity: Option<u32>,
    refresh_token_validity: Option<u32>,
    token_validity_units: Units,
    read_attributes: Option<BTreeSet<String>>,
    write_attributes: Option<BTreeSet<String>>,
    explicit_auth_flows: BTreeSet<AuthFlow>,
    #[serde(rename = "CallbackURLs", default)]
    callback_urls: Vec<String>,
    #[serde(rename = "LogoutURLs", default)]
    logout_urls: Vec<String>,
    #[serde(rename = "DefaultRedirectURI")]
    default_redirect_uri: Option<String>,
    #[serde(rename = "AllowedOAuthFlows", default)]
    allowed_oauth_flows: BTreeSet<OAuthFlow>,
    #[serde(rename = "AllowedOAuthScopes", default)]
    allowed_oauth_scopes: Vec<String>,
    supported_identity_providers: Option<Vec<String>>,
    #[serde(rename = "AllowedOAuthFlowsUserPoolClient")]
    uses_oauth: bool,
    analytics_configuration: Option<Analytics>,
    prevent_user_existence_errors: UserExistenceErrors,
    enable_token_revocation: bool,
    enable_propagate_additional_user_context_data: bool,
    auth_session_validity: u32,
    refresh_token_rotation: Option<Rotation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Units {
    access_token: Option<Unit>,
    id_token: Option<Unit>,
    refresh_token: Option<Unit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Analytics {
    application_id: Option<String>,
    application_arn: Option<String>,
    role_arn: Option<String>,
    external_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum UserExistenceErrors {
    Legacy,
    Enabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rotation {
    feature: FeatureState,
    retry_grace_period_seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FeatureState {
    Enabled,
    Disabled,
}

impl ClientSettings {
    /// Reads settings and adds their defaults.
    ///
    /// # Errors
    ///
    /// Returns an error if a member has a type or value that the API does not allow.
    pub fn from_json(given: &Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(with_effective_defaults(given))
    }

    /// Returns the app client with this id, these secrets and these settings.
    ///
    /// Token lifetimes that [`ClientSettings::check`] refuses are replaced by the defaults.
    pub fn derive(&self, id: ClientId, secrets: Vec<ClientSecret>) -> Client {
        let rotation = self.refresh_token_rotation;
        Client {
            id,
            secrets,
            auth_flows: self.explicit_auth_flows.clone(),
            hides_users: self.prevent_user_existence_errors == UserExistenceErrors::Enabled,
            read_attributes: self.read_attributes.clone(),
            write_attributes: self.write_attributes.clone(),
            session_minutes: self.auth_session_validity,
            lifetimes: self.lifetimes().unwrap_or_default(),
            rotates_refresh_tokens: rotation
                .is_some_and(|rotation| rotation.feature == FeatureState::Enabled),
            rotation_grace_seconds: rotation.map_or(0, |rotation| rotation.retry_grace_period_seconds),
            propagates_context: self.enable_propagate_additional_user_context_data,
            revokes_tokens: self.enable_token_revocation,
            oauth: self.oauth(),
        }
    }

    fn lifetimes(&self) -> Result<Lifetimes, Refusal> {
        let units = self.token_validity_units;
        let validity = |number, unit| TokenValidity { number, unit };
        Lifetimes::new(
            validity(self.access_token_validity, units.access_token),
            validity(self.id_token_validity, units.id_token),
            validity(self.refresh_token_validity, units.refresh_token),
        )
    }

    /// Returns the identifiers of the resource servers that the custom scopes of the app client name.
    pub fn resource_servers(&self) -> Vec<ResourceServerId> {
        servers_of(self.allowed_oauth_scopes.iter().map(String::as_str)).into_iter().collect()
    }

    /// Refuses settings that contradict each other, the pool, or the absence of a client secret.
    ///
    /// `client` is the client that was derived from these settings, `servers` are those of the
    /// [`ClientSettings::resource_servers`] that exist. *Chosen*: the order of the checks.
    ///
    /// # Errors
    ///
    /// [`Refusal::Client`] with the first fault.
    pub fn check(&self, client: &Client, pool: &Pool, servers: &[ResourceServer]) -> Result<(), Refusal> {
        self.lifetimes()?;
        client.check(pool)?;
        let has_secret = !client.secrets.is_empty();
        self.oauth().check(has_secret, &scopes_of(servers))?;
        if client.propagates_context && !has_secret {
            return Err(Refusal::Client(ClientFault::PropagatesWithoutSecret));
        }
        if self.analytics_configuration.as_ref().is_some_and(|analytics| !analytics.is_complete()) {
            return Err(Refusal::Client(ClientFault::Analytics));
        }
        Ok(())
    }

    fn oauth(&self) -> OAuth {
        OAuth {
            is_enabled: self.uses_oauth,
            flows: self.allowed_oauth_flows.clone(),
            scopes: self.allowed_oauth_scopes.clone(),
            callback_urls: self.callback_urls.clone(),
            logout_urls: self.logout_urls.clone(),
            default_redirect_uri: self.default_redirect_uri.clone(),
            providers: self.supported_identity_providers.clone(),
            needs_challenge: false,
        }
    }
}

impl Analytics {
    /// Returns whether the project is identified either by its ARN or by all of its parts (*Observed*).
    fn is_complete(&self) -> bool {
        let parts = [self.application_id.is_some(), self.role_arn.is_some(), self.external_id.is_some()];
        if self.application_arn.is_some() { !parts.contains(&true) } else { !parts.contains(&false) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::{Timestamp, fixture, refusal::OAuthFault, secret::Sealed};

    fn read(given: &Value) -> (ClientSettings, Client) {
        let settings = ClientSettings::from_json(given).expect("settings");
        let client = settings.derive(fixture::client().id, Vec::new());
        (settings, client)
    }

    #[test]
    fn client_without_settings_has_the_defaults() {
        assert_eq!(read(&json!({})).1, Client::new(fixture::client().id));
        assert_eq!(read(&with_effective_defaults(&json!({}))).1, Client::new(fixture::client().id));
    }

    #[test]
    fn client_is_derived_from_settings() {
        type Change = fn(&mut Client);
        let cases: Vec<(Value, Change)> = vec![
            (json!({ "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ADMIN_NO_SRP_AUTH"] }), |client| {
                client.auth_flows = BTreeSet::from([AuthFlow::AllowUserAuth, AuthFlow::AdminNoSrpAuth]);
            }),
            (json!({ "ExplicitAuthFlows": [] }), |client| client.auth_flows.clear()),
            (json!({ "PreventUserExistenceErrors": "ENABLED" }), |client| client.hides_users = true),
            (json!({ "PreventUserExistenceErrors": "LEGACY" }), |_| ()),
            (json!({ "ReadAttributes": ["email"], "WriteAttributes": [] }), |client| {
                client.read_attributes = Some(BTreeSet::from(["email".to_owned()]));
                client.write_attributes = Some(BTreeSet::new());
            }),
            (json!({ "AuthSessionValidity": 10 }), |client| client.session_minutes = 10),
            (
                json!({
                    "AccessTokenValidity": 10, "RefreshTokenValidity": 2,
                    "TokenValidityUnits": { "AccessToken": "minutes" },
                }),
                |client| {
                    client.lifetimes.access_ttl = Duration::from_secs(600);
                    client.lifetimes.refresh_ttl = Duration::from_secs(2 * 24 * 60 * 60);
                },
            ),
            (json!({ "AccessTokenValidity": 1, "TokenValidityUnits": { "AccessToken": "seconds" } }), |_| ()),
            (json!({ "RefreshTokenRotation": { "Feature": "DISABLED" } }), |_| ()),
            (
                json!({ "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 5 } }),
                |client| {
                    client.rotates_refresh_tokens = true;
                    client.rotation_grace_seconds = 5;
                    client.auth_flows.remove(&AuthFlow::AllowRefreshTokenAuth);
                },
            ),
            (json!({ "EnablePropagateAdditionalUserContextData": true }), |client| {
                client.propagates_context = true;
            }),
            (json!({ "EnableTokenRevocation": false }), |client| client.revokes_tokens = false),
            (
                json!({
                    "CallbackURLs": ["https://example.com"], "AllowedOAuthFlows": ["code"],
                    "SupportedIdentityProviders": ["COGNITO"],
                }),
                |client| {
                    client.oauth.callback_urls = vec!["https://example.com".to_owned()];
                    client.oauth.flows = BTreeSet::from([OAuthFlow::Code]);
                    client.oauth.providers = Some(vec!["COGNITO".to_owned()]);
                },
            ),
        ];
        for (given, change) in cases {
            let mut expected = Client::new(fixture::client().id);
            change(&mut expected);
            assert_eq!(read(&given).1, expected, "{given}");
        }
    }

    #[test]
    fn update_user_pool_client_with_omitted_member_follows_the_table() {
        crate::settings::check_updates(UPDATE_USER_POOL_CLIENT, |former, request| {
            update_user_pool_client(former, request.as_object().expect("an object"))
        });
    }

    #[test]
    fn publication_of_secrets_is_kept_only_with_a_generated_secret() {
        for (given, has_secret, expected) in [(true, true, true), (true, false, false), (false, true, false)]
        {
            let settings = keep_applicable(json!({ "a": 1, PUBLISH_SECRETS: given }), has_secret);
            assert_eq!(settings.get(PUBLISH_SECRETS).is_some(), has_secret);
            assert_eq!((publishes_secrets(&settings), &settings["a"]), (expected, &json!(1)));
        }
        assert!(!publishes_secrets(&json!({})));
    }

    #[test]
    fn client_settings_with_invalid_members_are_an_error() {
        for given in
            [json!({ "ExplicitAuthFlows": ["ALLOW_MAGIC"] }), json!({ "AuthSessionValidity": "3" }), json!(1)]
        {
            assert!(ClientSettings::from_json(&given).is_err(), "{given}");
        }
    }

    #[test]
    fn contradictory_client_settings_are_refused() {
        let arn = "arn:aws:mobiletargeting:us-east-1:000000000000:apps/one";
        let analytics = |analytics: Value| json!({ "AnalyticsConfiguration": analytics });
        let secret = ClientSecret {
            id: "s".into(),
            sealed: Sealed::from_text("x"),
            created_at: Timestamp::from_millis(1),
        };
        let cases: Vec<(Value, bool, Option<ClientFault>)> = vec![
            (json!({}), false, None),
            (json!({ "AccessTokenValidity": 25 }), false, Some(ClientFault::Lifetime)),
            (json!({ "AuthSessionValidity": 2 }), false, Some(ClientFault::SessionMinutes)),
            (
                json!({ "AllowedOAuthFlowsUserPoolClient": true }),
                false,
                Some(ClientFault::OAuth(OAuthFault::FlowsOrScopesMissing)),
            ),
            (
                json!({ "AllowedOAuthFlows": ["client_credentials"] }),
                false,
                Some(ClientFault::OAuth(OAuthFault::CredentialsWithoutSecret)),
            ),
            (json!({ "AllowedOAuthFlows": ["client_credentials"] }), true, None),
            (
                json!({ "EnablePropagateAdditionalUserContextData": true }),
                false,
                Some(ClientFault::PropagatesWithoutSecret),
            ),
            (json!({ "EnablePropagateAdditionalUserContextData": true }), true, None),
            (analytics(json!({})), false, Some(ClientFault::Analytics)),
            (analytics(json!({ "ApplicationArn": arn })), false, None),
            (
                analytics(json!({ "ApplicationArn": arn, "RoleArn": arn })),
                false,
                Some(ClientFault::Analytics),
            ),
            (analytics(json!({ "ApplicationId": "a", "RoleArn": arn })), false, Some(ClientFault::Analytics)),
            (analytics(json!({ "ApplicationId": "a", "RoleArn": arn, "ExternalId": "e" })), false, None),
        ];
        for (given, has_secret, expected) in cases {
            let (settings, mut client) = read(&given);
            client.secrets = has_secret.then(|| secret.clone()).into_iter().collect();
            let refused = settings.check(&client, &fixture::pool(), &[]).err();
            assert_eq!(refused, expected.map(Refusal::Client), "{given}");
        }
    }
}
