//! Handles StartWebAuthnRegistration: returns the options with which a browser creates a passkey.
//!
//! The rules are in [`lido_domain::flow::passkeys`].

use lido_cognito_idp::operations::{StartWebAuthnRegistrationInput, StartWebAuthnRegistrationOutput};
use lido_domain::{flow::passkeys, user::passkey::PasskeyChallenge};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: StartWebAuthnRegistrationInput,
) -> Result<StartWebAuthnRegistrationOutput, Failure> {
    let app = request.app();
    let challenge = PasskeyChallenge::from_bytes(&app.entropy.bytes::<32>()?);
    let options = request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            Ok(passkeys::start(&super::registrant(app, &bearer, tx.now()), &challenge)?)
        })
        .await?;
    Ok(StartWebAuthnRegistrationOutput::new(wire::passkey::creation_options(&options)))
}
