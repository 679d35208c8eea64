//! GetTokensFromRefreshToken. The rules are [`lido_domain::flow::sign_in::refresh`]'s.

use lido_cognito_idp::operations::{GetTokensFromRefreshTokenInput, GetTokensFromRefreshTokenOutput};
use lido_domain::{
    flow::sign_in::{Outcome, refresh::Shown},
    id::ClientId,
    secret::Secret,
};

use super::{finish, renew::RenewalRequest};
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: GetTokensFromRefreshTokenInput,
) -> Result<GetTokensFromRefreshTokenOutput, Failure> {
    let id = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    let device = input.device_key.as_deref().map(String::as_str);
    let shown = Shown::Secret(secret.as_ref());
    let renewal = RenewalRequest::new(app, &input.refresh_token, device, shown)?;
    let metadata = wire::metadata::client(input.client_metadata);
    let request = RequestContext::new(app, origin).with_metadata(metadata);
    let (client, groups, outcome) = app
        .transact(&request, async |tx| {
            let client = tx.signing_client(None, &id).await?;
            let caller = client.caller(None);
            let (verdict, groups) = renewal.attempt(app, &request, &tx, &client, &caller).await?;
            Ok(verdict.map(|outcome| (client, groups, outcome)))
        })
        .await?;
    let ending = renewal.ending(origin, &request, &client, &groups);
    let result = match outcome {
        Outcome::SignedIn(signed_in) => Some(finish::tokens(app, ending, &signed_in).await?),
        Outcome::Challenged(_) => None,
    };
    Ok(GetTokensFromRefreshTokenOutput { authentication_result: result })
}
