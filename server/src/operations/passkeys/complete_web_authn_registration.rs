//! Handles CompleteWebAuthnRegistration: verifies a new passkey and adds it to the user of an access token.
//!
//! The rules are in [`lido_domain::flow::passkeys`].

use lido_cognito_idp::operations::{CompleteWebAuthnRegistrationInput, CompleteWebAuthnRegistrationOutput};
use lido_domain::{
    Refusal,
    flow::{passkeys, sign_in::PresentedSession},
    refusal::PasskeyFault,
};

use crate::{
    operations::{Failure, RequestContext},
    passkeys::Registration,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CompleteWebAuthnRegistrationInput,
) -> Result<CompleteWebAuthnRegistrationOutput, Failure> {
    let app = request.app();
    let credential = wire::document::to_json(input.credential);
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            let form = || Refusal::Passkey(PasskeyFault::Malformed);
            let registration = Registration::read(&credential).ok_or_else(form)?;
            let (pool_id, sub) = (bearer.pool_id(), &bearer.user.sub);
            let keys = registration.challenge().keys(app.keys.digests(), pool_id, sub);
            let session = tx.find_session(pool_id, &keys).await?;
            let now = tx.now();
            let registrant = super::registrant(app, &bearer, now);
            let presented = session.as_ref().map(|(key, session)| PresentedSession { key, session });
            let party = passkeys::check_registration(&registrant, presented)?;
            let credential = app.passwords.run(0, move || registration.verify(&party, now)).await?;
            let presented = presented.ok_or(Refusal::Passkey(PasskeyFault::NoChallenge))?;
            Ok(passkeys::complete(&registrant, presented, credential)?)
        })
        .await?;
    Ok(CompleteWebAuthnRegistrationOutput::default())
}
