//! StartWebAuthnRegistration. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{StartWebAuthnRegistrationInput, StartWebAuthnRegistrationOutput};
use lido_domain::{flow::passkeys, user::passkey::PasskeyChallenge};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: StartWebAuthnRegistrationInput,
) -> Result<StartWebAuthnRegistrationOutput, Failure> {
    let challenge = PasskeyChallenge::from_bytes(&app.entropy.bytes::<32>()?);
    let request = RequestContext::new(app, origin);
    let options = app
        .transact(&request, async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            Ok(passkeys::start(&super::registrant(app, &bearer, tx.now()), &challenge)?)
        })
        .await?;
    Ok(StartWebAuthnRegistrationOutput::new(wire::passkey::creation_options(&options)))
}
