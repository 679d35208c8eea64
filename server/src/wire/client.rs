//! App clients: what of their settings decides, and how all of them are given back.
//!
//! A request to create a client and one to update it take the same way: the update is made a request to create
//! ([`updated`]), defaults are put in place ([`with_defaults`]), and of that comes what decides ([`decides`]) and what
//! is kept to be given back ([`settings`]).

use std::{collections::BTreeSet, ops::Deref};

use lido_cognito_idp::{
    operations::{CreateUserPoolClientInput, UpdateUserPoolClientInput},
    types,
};
use lido_domain::{
    Refusal,
    client::{
        AuthFlow, Client, ClientSecret,
        lifetime::{Asked, Lifetimes, Unit},
        oauth::{OAuth, OAuthFlow},
    },
    id::{ClientId, PoolId},
    pool::Pool,
    refusal::ClientFault,
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
    }
}

/// An update as the request that would create the client so (*Documented*: what an update leaves out is set to its
/// default). A client without a new name keeps its own, and its secrets are no matter of an update.
pub fn updated(
    asked: UpdateUserPoolClientInput,
    former: &ClientRecord,
) -> Result<CreateUserPoolClientInput, Unsayable> {
    let kept = read(&asked.user_pool_id, former)?;
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

/// The request with every default in place, as the client will give it back (*Documented*, cog-0323).
///
/// ReadAttributes and WriteAttributes stay absent, because their absence means something of its own (cog-0324).
pub fn with_defaults(mut input: CreateUserPoolClientInput) -> Result<CreateUserPoolClientInput, Violated> {
    let units = input.token_validity_units.get_or_insert_default();
    // *Documented*: 30 days, also in place of a zero. *Chosen*: told in the unit that was asked for.
    if input.refresh_token_validity.as_deref().is_none_or(|number| *number == 0) {
        let unit = units.refresh_token.map_or(Unit::Days, unit).seconds();
        let number = Lifetimes::default().refresh_ttl.as_secs() / unit;
        input.refresh_token_validity = Some(i32::try_from(number).unwrap_or(i32::MAX).try_into()?);
    }
    if let Some(rotation) = &mut input.refresh_token_rotation
        && rotation.retry_grace_period_seconds.is_none()
    {
        // *Observed* in public reports.
        rotation.retry_grace_period_seconds = Some(0.try_into()?);
    }
    let rotates = is_rotating(&input);
    input.explicit_auth_flows.get_or_insert_with(|| {
        // *Chosen*: the flow that rotation excludes is no default beside it.
        let refresh = (!rotates).then_some(types::ExplicitAuthFlowsType::AllowRefreshTokenAuth);
        let others =
            [types::ExplicitAuthFlowsType::AllowUserSrpAuth, types::ExplicitAuthFlowsType::AllowCustomAuth];
        refresh.into_iter().chain(others).collect()
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

fn is_rotating(input: &CreateUserPoolClientInput) -> bool {
    let rotation = input.refresh_token_rotation.as_ref();
    rotation.is_some_and(|rotation| rotation.feature == types::FeatureType::Enabled)
}

/// The secret that the client gets: the one that was sent, or `generated` where one was asked for.
pub fn secret(input: &CreateUserPoolClientInput, generated: Secret) -> Result<Option<Secret>, Refusal> {
    let is_asked = input.generate_secret == Some(true);
    lido_domain::client::check_secret_asked(input.client_secret.is_some(), is_asked)?;
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    Ok(sent.or_else(|| is_asked.then_some(generated)))
}

/// What decides, of a request with its defaults in place, for a client that has these secrets.
pub fn decides(
    id: ClientId,
    secrets: Vec<ClientSecret>,
    pool: &Pool,
    input: &CreateUserPoolClientInput,
) -> Result<Client, Refusal> {
    let names = |list: &Option<Vec<types::ClientPermissionType>>| {
        list.as_ref().map(|names| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>())
    };
    let mut client = Client { secrets, ..Client::new(id) };
    if let Some(flows) = &input.explicit_auth_flows {
        client.auth_flows = flows.iter().map(|flow| auth_flow(*flow)).collect();
    }
    client.hides_users =
        input.prevent_user_existence_errors == Some(types::PreventUserExistenceErrorTypes::Enabled);
    client.read_attributes = names(&input.read_attributes);
    client.write_attributes = names(&input.write_attributes);
    client.propagates_context = input.enable_propagate_additional_user_context_data == Some(true);
    client.revokes_tokens = input.enable_token_revocation != Some(false);
    client.rotates_refresh_tokens = is_rotating(input);
    if let Some(rotation) = &input.refresh_token_rotation {
        let grace = rotation.retry_grace_period_seconds.as_deref().copied().unwrap_or_default();
        client.rotation_grace_seconds = u32::try_from(grace).unwrap_or_default();
    }
    if let Some(minutes) = input.auth_session_validity.as_deref() {
        client.session_minutes = u32::try_from(*minutes).unwrap_or(client.session_minutes);
    }
    client.lifetimes = lifetimes(input)?;
    client.check(pool)?;
    let has_secret = !client.secrets.is_empty();
    oauth(input).check(has_secret)?;
    if input.enable_propagate_additional_user_context_data == Some(true) && !has_secret {
        return Err(Refusal::Client(ClientFault::PropagatesWithoutSecret));
    }
    if input.analytics_configuration.as_ref().is_some_and(|analytics| !is_whole(analytics)) {
        return Err(Refusal::Client(ClientFault::Analytics));
    }
    Ok(client)
}

fn lifetimes(input: &CreateUserPoolClientInput) -> Result<Lifetimes, Refusal> {
    let units = input.token_validity_units.clone().unwrap_or_default();
    let asked = |number: Option<i32>, of: Option<types::TimeUnitsType>| Asked {
        number: number.and_then(|number| u32::try_from(number).ok()),
        unit: of.map(unit),
    };
    Lifetimes::of(
        asked(input.access_token_validity.as_deref().copied(), units.access_token),
        asked(input.id_token_validity.as_deref().copied(), units.id_token),
        asked(input.refresh_token_validity.as_deref().copied(), units.refresh_token),
    )
}

fn unit(unit: types::TimeUnitsType) -> Unit {
    match unit {
        types::TimeUnitsType::Seconds => Unit::Seconds,
        types::TimeUnitsType::Minutes => Unit::Minutes,
        types::TimeUnitsType::Hours => Unit::Hours,
        types::TimeUnitsType::Days => Unit::Days,
    }
}

fn oauth(input: &CreateUserPoolClientInput) -> OAuth {
    let flow = |flow: &types::OAuthFlowType| match flow {
        types::OAuthFlowType::Code => OAuthFlow::Code,
        types::OAuthFlowType::Implicit => OAuthFlow::Implicit,
        types::OAuthFlowType::ClientCredentials => OAuthFlow::ClientCredentials,
    };
    fn texts<'a, T>(list: Option<impl IntoIterator<Item = &'a T>>) -> Vec<String>
    where
        T: Deref<Target = String> + 'a,
    {
        list.into_iter().flatten().map(|text| text.to_string()).collect()
    }
    OAuth {
        in_force: input.allowed_o_auth_flows_user_pool_client == Some(true),
        flows: input.allowed_o_auth_flows.iter().flat_map(|flows| flows.iter().map(flow)).collect(),
        scopes: texts(input.allowed_o_auth_scopes.as_deref()),
        callback_urls: texts(input.callback_urls.as_deref()),
        logout_urls: texts(input.logout_urls.as_deref()),
        default_redirect_uri: input.default_redirect_uri.as_ref().map(|text| text.to_string()),
    }
}

/// Whether a project is named by its ARN, or by all of its parts (*Observed*).
fn is_whole(analytics: &types::AnalyticsConfigurationType) -> bool {
    let parts =
        [analytics.application_id.is_some(), analytics.role_arn.is_some(), analytics.external_id.is_some()];
    if analytics.application_arn.is_some() { !parts.contains(&true) } else { !parts.contains(&false) }
}

fn read(pool: &str, record: &ClientRecord) -> Result<CreateUserPoolClientInput, Unsayable> {
    settings::read(&record.settings, &[("UserPoolId", pool), ("ClientName", record.name.as_str())])
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

/// An app client as the operations on one tell it, with the secret that may be told.
pub fn told(
    pool: &PoolId,
    record: &ClientRecord,
    secret: Option<&Secret>,
) -> Result<types::UserPoolClientType, Unsayable> {
    let input = read(pool.as_str(), record)?;
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
