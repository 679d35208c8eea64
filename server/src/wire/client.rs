//! Conversion of app clients: requests to the settings that are stored, and stored settings to the API's types.
//!
//! An update is first converted to the request that would create the app client ([`apply_update`]); the members of
//! such a request are stored as sent ([`to_settings`]). The rules are derived in [`lido_domain::client::settings`], and
//! defaults are added in [`lido_domain::client::defaults`] when an app client is shown.

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
use lido_runtime::BrokenRules;
use serde_json::Value;

use super::{ConversionError, settings, time::date};
use crate::store::ClientRecord;

settings::settings_conversions! {
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
    } except { user_pool_id, client_name, generate_secret, client_secret }
}

/// Converts an update to the request that would create the updated app client.
///
/// *Documented*: a setting that the update omits is set to its default. An app client without a new name keeps its
/// name; an update does not change secrets.
pub fn apply_update(
    update: UpdateUserPoolClientInput,
    former: &ClientRecord,
) -> Result<CreateUserPoolClientInput, ConversionError> {
    let stored = read(&update.user_pool_id, &former.name, &former.settings)?;
    // *Observed* in public reports: a rotation that an update omits is shown as DISABLED from then on.
    let rotation = update.refresh_token_rotation.or(stored.refresh_token_rotation.map(|_| {
        types::RefreshTokenRotationType {
            feature: types::FeatureType::Disabled,
            retry_grace_period_seconds: None,
        }
    }));
    Ok(CreateUserPoolClientInput {
        user_pool_id: update.user_pool_id,
        client_name: update.client_name.unwrap_or(stored.client_name),
        generate_secret: None,
        client_secret: None,
        refresh_token_validity: update.refresh_token_validity,
        access_token_validity: update.access_token_validity,
        id_token_validity: update.id_token_validity,
        token_validity_units: update.token_validity_units,
        read_attributes: update.read_attributes,
        write_attributes: update.write_attributes,
        explicit_auth_flows: update.explicit_auth_flows,
        supported_identity_providers: update.supported_identity_providers,
        callback_urls: update.callback_urls,
        logout_urls: update.logout_urls,
        default_redirect_uri: update.default_redirect_uri,
        allowed_o_auth_flows: update.allowed_o_auth_flows,
        allowed_o_auth_scopes: update.allowed_o_auth_scopes,
        allowed_o_auth_flows_user_pool_client: update.allowed_o_auth_flows_user_pool_client,
        analytics_configuration: update.analytics_configuration,
        prevent_user_existence_errors: update.prevent_user_existence_errors,
        enable_token_revocation: update.enable_token_revocation,
        enable_propagate_additional_user_context_data: update.enable_propagate_additional_user_context_data,
        auth_session_validity: update.auth_session_validity,
        refresh_token_rotation: rotation,
    })
}

/// Returns the secret of a new app client: the one in the request, or `generated` if the request has GenerateSecret.
///
/// # Errors
/// The refusal of a request that has both.
pub fn choose_secret(
    input: &CreateUserPoolClientInput,
    generated: Secret,
) -> Result<Option<Secret>, Refusal> {
    let generates = input.generate_secret == Some(true);
    lido_domain::client::check_secret_source(input.client_secret.is_some(), generates)?;
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    Ok(sent.or_else(|| generates.then_some(generated)))
}

/// Returns the request that would create the app client with these settings.
fn read(pool: &str, name: &str, settings: &Value) -> Result<CreateUserPoolClientInput, ConversionError> {
    settings::read(settings, &[("UserPoolId", pool), ("ClientName", name)])
}

/// Converts an app client, with the secret that the output shows.
pub fn to_user_pool_client_type(
    pool: &PoolId,
    record: &ClientRecord,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, ConversionError> {
    let input = read(pool.as_str(), &record.name, &with_defaults(&record.settings))?;
    let secret = secret.and_then(Secret::expose_str);
    Ok(types::UserPoolClientType {
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
        client_id: Some(record.client.id.as_str().try_into()?),
        client_secret: secret.map(TryInto::try_into).transpose()?,
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        // The other type is for dynamic client registration, which is not served.
        client_type: Some(types::ClientTypeType::Regular),
        ..from_settings(input)
    })
}

/// Converts an app client to an entry of ListUserPoolClients.
pub fn to_user_pool_client_description(
    pool: &PoolId,
    record: &ClientRecord,
) -> Result<types::UserPoolClientDescription, ConversionError> {
    Ok(types::UserPoolClientDescription {
        client_id: Some(record.client.id.as_str().try_into()?),
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
    })
}

/// Converts a secret of an app client. `value` is `Some` only if the secret has just been generated (*Documented*).
pub fn to_client_secret_descriptor(
    secret: &ClientSecret,
    value: Option<&Secret>,
) -> Result<types::ClientSecretDescriptorType, BrokenRules> {
    Ok(types::ClientSecretDescriptorType {
        client_secret_id: Some(secret.id.as_str().try_into()?),
        client_secret_value: value.and_then(Secret::expose_str).map(TryInto::try_into).transpose()?,
        client_secret_create_date: Some(date(secret.created_at)),
    })
}
