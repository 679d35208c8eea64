//! Handles GetTokensFromRefreshToken: returns new tokens for a refresh token.
//!
//! The rules are in [`lido_domain::flow::sign_in::refresh_tokens`].

use lido_cognito_idp::operations::{GetTokensFromRefreshTokenInput, GetTokensFromRefreshTokenOutput};
use lido_domain::{
    flow::sign_in::{SignInOutcome, refresh_tokens::SecretProof},
    id::ClientId,
    secret::Secret,
};

use super::{renew::RenewalRequest, tokens};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetTokensFromRefreshTokenInput,
) -> Result<GetTokensFromRefreshTokenOutput, Failure> {
    let app = request.app();
    let client_id = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    let device = input.device_key.as_deref().map(String::as_str);
    let shown = SecretProof::Secret(secret.as_ref());
    let renewal = RenewalRequest::new(app, &input.refresh_token, device, shown)?;
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(None, &client_id).await?;
            let caller = client.caller(None);
            let verdict = renewal.attempt(&request, &tx, &client, &caller).await?;
            Ok(verdict.map(|outcome| (client, outcome)))
        })
        .await?;
    let context = renewal.issue_context(&request, &client);
    let result = match outcome {
        SignInOutcome::SignedIn(signed_in) => Some(tokens::issue(&request, context, &signed_in).await?),
        SignInOutcome::Challenged(_) => None,
    };
    Ok(GetTokensFromRefreshTokenOutput { authentication_result: result })
}
