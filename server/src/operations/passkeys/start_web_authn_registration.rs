//! StartWebAuthnRegistration. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{StartWebAuthnRegistrationInput, StartWebAuthnRegistrationOutput};
use lido_domain::{flow::passkeys, user::passkey::PasskeyChallenge};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: StartWebAuthnRegistrationInput,
) -> Result<StartWebAuthnRegistrationOutput, Failure> {
    // Once a request, however often it decides.
    let challenge = PasskeyChallenge::from_bytes(&app.entropy.bytes::<32>()?);
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let verdict = passkeys::start(&super::registrant(app, &bearer, now), &challenge)?;
        if let Some(options) = turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await? {
            return Ok(StartWebAuthnRegistrationOutput::new(wire::passkey::creation_options(&options)));
        }
    }
}
