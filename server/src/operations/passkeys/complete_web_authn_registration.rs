//! CompleteWebAuthnRegistration. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{CompleteWebAuthnRegistrationInput, CompleteWebAuthnRegistrationOutput};
use lido_domain::{
    Refusal,
    flow::{passkeys, sign_in::Presented},
    refusal::PasskeyFault,
};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    passkeys::Registration,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: CompleteWebAuthnRegistrationInput,
) -> Result<CompleteWebAuthnRegistrationOutput, Failure> {
    let credential = wire::document::json_of(input.credential);
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let who = super::registrant(app, &bearer, now);
        let form = || Refusal::Passkey(PasskeyFault::Form);
        let registration = Registration::read(&credential).ok_or_else(form)?;
        let places = registration.challenge().keys(who.digest_keys, bearer.pool(), &who.user.sub);
        let read = app.store.read_session(bearer.pool(), &places).await?;
        let presented = read.as_ref().map(|read| Presented { key: &read.value.0, session: &read.value.1 });
        let party = passkeys::expected(&who, presented)?;
        let made = app.passwords.run(0, move || registration.verify(&party, now)).await?;
        let (Some(presented), Some(read)) = (presented, &read) else {
            return Err(Refusal::Passkey(PasskeyFault::NoChallenge).into());
        };
        let verdict = passkeys::complete(&who, presented, made)?;
        let expects = [bearer.expects.clone(), read.expects.clone()].concat();
        if turn.carry_out(bearer.pool(), expects, verdict, now).await?.is_some() {
            return Ok(CompleteWebAuthnRegistrationOutput::default());
        }
    }
}
