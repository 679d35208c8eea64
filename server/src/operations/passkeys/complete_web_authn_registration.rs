//! CompleteWebAuthnRegistration. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{CompleteWebAuthnRegistrationInput, CompleteWebAuthnRegistrationOutput};
use lido_domain::{
    Refusal,
    flow::{passkeys, sign_in::Presented},
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
    let credential = wire::document::json_of(input.credential);
    request
        .transact(async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            let now = tx.now();
            let registrant = super::registrant(app, &bearer, now);
            let form = || Refusal::Passkey(PasskeyFault::Form);
            let registration = Registration::read(&credential).ok_or_else(form)?;
            let (pool, sub) = (bearer.pool_id(), &registrant.user.sub);
            let places = registration.challenge().keys(registrant.digest_keys, pool, sub);
            let found = tx.find_session(pool, &places).await?;
            let presented = found.as_ref().map(|(key, session)| Presented { key, session });
            let party = passkeys::expected(&registrant, presented)?;
            let made = app.passwords.run(0, move || registration.verify(&party, now)).await?;
            let presented = presented.ok_or(Refusal::Passkey(PasskeyFault::NoChallenge))?;
            Ok(passkeys::complete(&registrant, presented, made)?)
        })
        .await?;
    Ok(CompleteWebAuthnRegistrationOutput::default())
}
