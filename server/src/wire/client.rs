//! App clients: what of their settings decides, and how all of them are given back.

use std::collections::BTreeSet;

use lido_cognito_idp::{operations::CreateUserPoolClientInput, types};
use lido_domain::{
    Refusal,
    client::{AuthFlow, Client},
    id::{ClientId, PoolId},
    pool::Pool,
    secret::Secret,
};
use lido_runtime::Violated;

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
        "CallbackURLs" callback_ur_ls,
        "LogoutURLs" logout_ur_ls,
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
    }
}

/// The request with every default in place, as the client will give it back (*Documented*, cog-0323).
///
/// ReadAttributes and WriteAttributes stay absent, because their absence means something of its own (cog-0324).
pub fn with_defaults(mut input: CreateUserPoolClientInput) -> Result<CreateUserPoolClientInput, Violated> {
    // *Documented*: 30 days, also in place of a zero.
    if input.refresh_token_validity.as_deref().is_none_or(|days| *days == 0) {
        input.refresh_token_validity = Some(30.try_into()?);
    }
    input.token_validity_units.get_or_insert_default();
    input.explicit_auth_flows.get_or_insert_with(|| {
        vec![
            types::ExplicitAuthFlowsType::AllowRefreshTokenAuth,
            types::ExplicitAuthFlowsType::AllowUserSrpAuth,
            types::ExplicitAuthFlowsType::AllowCustomAuth,
        ]
    });
    input.allowed_o_auth_flows_user_pool_client.get_or_insert(false);
    input.prevent_user_existence_errors.get_or_insert(types::PreventUserExistenceErrorTypes::Legacy);
    input.enable_token_revocation.get_or_insert(true);
    input.enable_propagate_additional_user_context_data.get_or_insert(false);
    if input.auth_session_validity.is_none() {
        input.auth_session_validity = Some(3.try_into()?);
    }
    Ok(input)
}

/// The secret that the client gets: the one that was sent, or else `generated` where one was asked for (*Chosen*, for
/// a request that does both).
pub fn secret(input: &CreateUserPoolClientInput, generated: Secret) -> Option<Secret> {
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    sent.or_else(|| (input.generate_secret == Some(true)).then_some(generated))
}

/// What decides, of a request with its defaults in place; its secrets are added by whoever seals them.
pub fn decides(id: ClientId, pool: &Pool, input: &CreateUserPoolClientInput) -> Result<Client, Refusal> {
    let names = |list: &Option<Vec<types::ClientPermissionType>>| {
        list.as_ref().map(|names| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>())
    };
    let mut client = Client::new(id);
    if let Some(flows) = &input.explicit_auth_flows {
        client.auth_flows = flows.iter().map(|flow| auth_flow(*flow)).collect();
    }
    client.hides_users =
        input.prevent_user_existence_errors == Some(types::PreventUserExistenceErrorTypes::Enabled);
    client.read_attributes = names(&input.read_attributes);
    client.write_attributes = names(&input.write_attributes);
    client.revokes_tokens = input.enable_token_revocation != Some(false);
    if let Some(rotation) = &input.refresh_token_rotation {
        client.rotates_refresh_tokens = rotation.feature == types::FeatureType::Enabled;
        let grace = rotation.retry_grace_period_seconds.as_deref().copied().unwrap_or_default();
        client.rotation_grace_seconds = u32::try_from(grace).unwrap_or_default();
    }
    if let Some(minutes) = input.auth_session_validity.as_deref() {
        client.session_minutes = u32::try_from(*minutes).unwrap_or(client.session_minutes);
    }
    client.check(&pool.schema)?;
    Ok(client)
}

fn auth_flow(flow: types::ExplicitAuthFlowsType) -> AuthFlow {
    match flow {
        types::ExplicitAuthFlowsType::AdminNoSrpAuth => AuthFlow::AdminNoSrpAuth,
        types::ExplicitAuthFlowsType::CustomAuthFlowOnly => AuthFlow::CustomAuthFlowOnly,
        types::ExplicitAuthFlowsType::UserPasswordAuth => AuthFlow::UserPasswordAuth,
        types::ExplicitAuthFlowsType::AllowAdminUserPasswordAuth => AuthFlow::AllowAdminUserPasswordAuth,
        types::ExplicitAuthFlowsType::AllowCustomAuth => AuthFlow::AllowCustomAuth,
        types::ExplicitAuthFlowsType::AllowUserPasswordAuth => AuthFlow::AllowUserPasswordAuth,
        types::ExplicitAuthFlowsType::AllowUserSrpAuth => AuthFlow::AllowUserSrpAuth,
        types::ExplicitAuthFlowsType::AllowRefreshTokenAuth => AuthFlow::AllowRefreshTokenAuth,
        types::ExplicitAuthFlowsType::AllowUserAuth => AuthFlow::AllowUserAuth,
        types::ExplicitAuthFlowsType::AllowTokenExchangeDelegation => AuthFlow::AllowTokenExchangeDelegation,
        types::ExplicitAuthFlowsType::AllowTokenExchangeImpersonation => {
            AuthFlow::AllowTokenExchangeImpersonation
        }
    }
}

/// An app client as CreateUserPoolClient and DescribeUserPoolClient tell it, with its first secret.
pub fn told(
    pool: &PoolId,
    record: &ClientRecord,
    secrets: &[Secret],
) -> Result<types::UserPoolClientType, Unsayable> {
    let required = [("UserPoolId", pool.as_str()), ("ClientName", record.name.as_str())];
    let input = settings::read(&record.settings, &required)?;
    let secret = secrets.first().and_then(Secret::expose_str);
    Ok(types::UserPoolClientType {
        user_pool_id: Some(pool.as_str().try_into()?),
        client_name: Some(record.name.as_str().try_into()?),
        client_id: Some(record.client.id.as_str().try_into()?),
        client_secret: secret.map(TryInto::try_into).transpose()?,
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
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
