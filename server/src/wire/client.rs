//! Conversion of app clients: requests to the settings that are stored, and stored settings to the API's types.
//!
//! Members are stored as sent ([`to_settings`], [`update_members`]). How an update changes the stored settings, and which
//! settings are refused, is decided in [`lido_domain::client::settings`]; [`lido_domain::client::defaults`] has the
//! defaults that responses contain.

use lido_cognito_idp::{
    operations::{CreateUserPoolClientInput, UpdateUserPoolClientInput},
    types,
};
use lido_domain::{
    Refusal,
    client::{ClientSecret, defaults, settings::publishes_secrets},
    id::PoolId,
    secret::Secret,
};
use lido_runtime::BrokenRules;
use serde_json::Value;

use super::{ConversionError, settings, time::date};
use crate::{app::Settings, store::ClientRecord};

settings::settings_conversions! {
    CreateUserPoolClientInput except { user_pool_id, client_name, generate_secret, client_secret },
    UpdateUserPoolClientInput except { user_pool_id, client_id, client_name } => types::UserPoolClientType {
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
    } only {} hidden {
        "PublishSecretsInAWSSecretsManager" publish_secrets_in_aws_secrets_manager,
    }
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

/// Converts an app client for the operations that write one, with the secret that the output shows.
pub fn to_user_pool_client_type(
    server: &Settings,
    pool: &PoolId,
    record: &ClientRecord,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, ConversionError> {
    convert(server, pool, record, &defaults::with_defaults(&record.settings), secret)
}

/// Converts an app client for DescribeUserPoolClient, with the secret that the output shows.
pub fn to_described_client(
    server: &Settings,
    pool: &PoolId,
    record: &ClientRecord,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, ConversionError> {
    convert(server, pool, record, &defaults::with_described_defaults(&record.settings), secret)
}

fn convert(
    server: &Settings,
    pool: &PoolId,
    record: &ClientRecord,
    settings: &Value,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, ConversionError> {
    let required = [("UserPoolId", pool.as_str()), ("ClientName", record.name.as_str())];
    let input: CreateUserPoolClientInput = settings::read(settings, &required)?;
    // *Documented*: a published secret is told by its ARN in place of its value.
    let is_published = publishes_secrets(settings) && secret.is_some();
    let arn = is_published.then(|| server.client_secret_arn(pool, &record.client.id));
    let secret = secret.filter(|_| !is_published).and_then(Secret::expose_str);
    Ok(types::UserPoolClientType {
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
        client_id: Some(record.client.id.as_str().try_into()?),
        client_secret: secret.map(TryInto::try_into).transpose()?,
        client_secret_arn: arn,
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
