//! App clients: from requests to the settings that are kept, and from those to answers.
//!
//! A request to create a client and one to update it take the same way: the update is made a request to create
//! ([`updated`]), and its members are kept as they were given ([`settings`]). What decides of them is the domain's matter
//! ([`lido_domain::client::settings`]), and so are the defaults with which they are told ([`lido_domain::client::defaults`]).

use lido_cognito_idp::{
    operations::{CreateUserPoolClientInput, UpdateUserPoolClientInput},
    types,
};
use lido_domain::{
    Refusal,
    client::{ClientSecret, defaults::with_defaults},
    id::PoolId,
    secret::Secret,
};
use lido_runtime::Violated;
use serde_json::Value;

use super::{Unsayable, settings, time::date};
use crate::store::ClientRecord;

settings::settings! {
    CreateUserPoolClientInput => types::UserPoolClientType {
        "RefreshTokenValidity" refresh_token_validity,
        "AccessTokenValidity" access_token_validity,
        "IdTokenValidity" id_token_validity,
        "TokenValidityUnits" token_validity_units,
        "ReadAttributes" read_attributes,
        "WriteAttributes" write_attributes,
        "ExplicitAuthFlows" explicit_auth_flows,
        "SupportedIdentityProviders" supported_identity_providers,
        "CallbackURLs" callback_urls,
        "LogoutURLs" logout_urls,
        "DefaultRedirectURI" default_redirect_uri,
        "AllowedOAuthFlows" allowed_o_auth_flows,
        "AllowedOAuthScopes" allowed_o_auth_scopes,
        "AllowedOAuthFlowsUserPoolClient" allowed_o_auth_flows_user_pool_client,
        "AnalyticsConfiguration" analytics_configuration,
        "PreventUserExistenceErrors" prevent_user_existence_errors,
        "EnableTokenRevocation" enable_token_revocation,
        "EnablePropagateAdditionalUserContextData" enable_propagate_additional_user_context_data,
        "AuthSessionValidity" auth_session_validity,
        "RefreshTokenRotation" refresh_token_rotation,
    } elsewhere { user_pool_id, client_name, generate_secret, client_secret }
}

/// An update as the request that would create the client so (*Documented*: what an update leaves out is set to its
/// default). A client without a new name keeps its own, and its secrets are no matter of an update.
pub fn updated(
    asked: UpdateUserPoolClientInput,
    former: &ClientRecord,
) -> Result<CreateUserPoolClientInput, Unsayable> {
    let kept = read(&asked.user_pool_id, &former.name, &former.settings)?;
    // *Observed* in public reports: a rotation that an update leaves out is told to be off from then on.
    let rotation = asked.refresh_token_rotation.or(kept.refresh_token_rotation.map(|_| {
        types::RefreshTokenRotationType {
            feature: types::FeatureType::Disabled,
            retry_grace_period_seconds: None,
        }
    }));
    Ok(CreateUserPoolClientInput {
        user_pool_id: asked.user_pool_id,
        client_name: asked.client_name.unwrap_or(kept.client_name),
        generate_secret: None,
        client_secret: None,
        refresh_token_validity: asked.refresh_token_validity,
        access_token_validity: asked.access_token_validity,
        id_token_validity: asked.id_token_validity,
        token_validity_units: asked.token_validity_units,
        read_attributes: asked.read_attributes,
        write_attributes: asked.write_attributes,
        explicit_auth_flows: asked.explicit_auth_flows,
        supported_identity_providers: asked.supported_identity_providers,
        callback_urls: asked.callback_urls,
        logout_urls: asked.logout_urls,
        default_redirect_uri: asked.default_redirect_uri,
        allowed_o_auth_flows: asked.allowed_o_auth_flows,
        allowed_o_auth_scopes: asked.allowed_o_auth_scopes,
        allowed_o_auth_flows_user_pool_client: asked.allowed_o_auth_flows_user_pool_client,
        analytics_configuration: asked.analytics_configuration,
        prevent_user_existence_errors: asked.prevent_user_existence_errors,
        enable_token_revocation: asked.enable_token_revocation,
        enable_propagate_additional_user_context_data: asked.enable_propagate_additional_user_context_data,
        auth_session_validity: asked.auth_session_validity,
        refresh_token_rotation: rotation,
    })
}

/// The secret that the client gets: the one that was sent, or `generated` where one was asked for.
pub fn secret(input: &CreateUserPoolClientInput, generated: Secret) -> Result<Option<Secret>, Refusal> {
    let is_asked = input.generate_secret == Some(true);
    lido_domain::client::check_secret_asked(input.client_secret.is_some(), is_asked)?;
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    Ok(sent.or_else(|| is_asked.then_some(generated)))
}

/// The request that would create the client with these settings.
fn read(pool: &str, name: &str, settings: &Value) -> Result<CreateUserPoolClientInput, Unsayable> {
    settings::read(settings, &[("UserPoolId", pool), ("ClientName", name)])
}

/// An app client as the operations on one tell it, with the secret that may be told.
pub fn told(
    pool: &PoolId,
    record: &ClientRecord,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, Unsayable> {
    let input = read(pool.as_str(), &record.name, &with_defaults(&record.settings))?;
    let secret = secret.and_then(Secret::expose_str);
    Ok(types::UserPoolClientType {
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
        client_id: Some(record.client.id.as_str().try_into()?),
        client_secret: secret.map(TryInto::try_into).transpose()?,
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        // The other type is that of clients that register themselves, which is not served.
        client_type: Some(types::ClientTypeType::Regular),
        ..give_back(input)
    })
}

/// An app client as ListUserPoolClients tells it.
pub fn described(
    pool: &PoolId,
    record: &ClientRecord,
) -> Result<types::UserPoolClientDescription, Unsayable> {
    Ok(types::UserPoolClientDescription {
        client_id: Some(record.client.id.as_str().try_into()?),
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
    })
}

/// A secret as the operations on secrets tell it: its text only if it was made here and now (*Documented*).
pub fn told_secret(
    secret: &ClientSecret,
    text: Option<&Secret>,
) -> Result<types::ClientSecretDescriptorType, Violated> {
    Ok(types::ClientSecretDescriptorType {
        client_secret_id: Some(secret.id.as_str().try_into()?),
        client_secret_value: text.and_then(Secret::expose_str).map(TryInto::try_into).transpose()?,
        client_secret_create_date: Some(date(secret.created_at)),
    })
}
