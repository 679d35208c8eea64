//! Handles GetClientToken: issues an access token to an app client itself, as the grant `client_credentials` does.
//!
//! The rules are in [`lido_domain::flow::oauth::client_credentials`].

use lido_cognito_idp::{
    operations::{GetClientTokenInput, GetClientTokenOutput},
    types::ClientAuthenticationResultType,
};
use lido_domain::{flow::oauth::client_credentials, id::ClientId, secret::Secret};

use crate::{
    operations::{
        Failure, RequestContext,
        oauth::{find_custom_scopes, token::sign_for_client},
    },
    wire::{self, ConversionError},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetClientTokenInput,
) -> Result<GetClientTokenOutput, Failure> {
    let client_id = ClientId::new(input.client_id.into_inner());
    let secret = Secret::new(input.secret.into_inner());
    let requested = wire::tokens::read_scopes(input.scopes);
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let tx = request.begin();
    let client = tx.get_client_with_keys(None, &client_id).await?;
    client_credentials::check_client(&client.caller(None), &secret)?;
    let rules = client.client_rules();
    let named = client_credentials::scopes_to_look_up(rules, &requested);
    let custom_scopes = find_custom_scopes(&tx, client.pool_id(), &named).await?;
    let scopes = client_credentials::grant_scopes_by_operation(rules, requested, &custom_scopes)?;
    let access = sign_for_client(&request, &client, &scopes).await?;
    let result = ClientAuthenticationResultType {
        access_token: Some(access.as_str().try_into().map_err(ConversionError::from)?),
        expires_in: Some(i32::try_from(rules.lifetimes.access_ttl.as_secs()).unwrap_or(i32::MAX)),
        token_type: Some("Bearer".try_into().map_err(ConversionError::from)?),
    };
    Ok(GetClientTokenOutput { client_authentication_result: Some(result) })
}
