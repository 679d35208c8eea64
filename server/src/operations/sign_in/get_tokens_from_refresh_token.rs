//! GetTokensFromRefreshToken. The rules are [`lido_domain::flow::sign_in::refresh`]'s.

use lido_cognito_idp::operations::{GetTokensFromRefreshTokenInput, GetTokensFromRefreshTokenOutput};
use lido_domain::{
    flow::sign_in::{Outcome, refresh::Shown},
    id::ClientId,
    secret::Secret,
};

use super::{finish, renew};
use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: GetTokensFromRefreshTokenInput,
) -> Result<GetTokensFromRefreshTokenOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    let asked = renew::Asked {
        token: &input.refresh_token,
        device: input.device_key.as_deref().map(String::as_str),
        shown: Shown::Secret(secret.as_ref()),
    };
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    let mut wanted = None;
    loop {
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(None);
        let renewed = renew::renew(app, &mut turn, &calling, &caller, &asked, &mut wanted).await?;
        let Some(outcome) = renewed else { continue };
        let ending = renew::ending(&turn, wanted.as_ref());
        let result = match outcome {
            Outcome::SignedIn(signed_in) => {
                Some(finish::tokens(app, origin, &calling, ending, &signed_in).await?)
            }
            Outcome::Challenged(_) => None,
        };
        return Ok(GetTokensFromRefreshTokenOutput { authentication_result: result });
    }
}
