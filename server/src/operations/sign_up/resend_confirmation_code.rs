//! ResendConfirmationCode. The rules are [`lido_domain::flow::sign_up::resend_confirmation_code`]'s.

use lido_cognito_idp::operations::{ResendConfirmationCodeInput, ResendConfirmationCodeOutput};
use lido_domain::{
    code::Purpose,
    flow::sign_up::resend_confirmation_code,
    id::ClientId,
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{
        Origin,
        calling::{self, Calling},
        failure::Failure,
        turn::Turn,
    },
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ResendConfirmationCodeInput,
) -> Result<ResendConfirmationCodeOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    // Once a request, however often it decides.
    let code = app.new_code()?;
    let happening = origin.happening(app.entropy.uuid()?, EventKind::ResendCode, input.user_context_data);
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(input.secret_hash.as_deref().map(String::as_str));
        let pool = &caller.pool.id;
        let query = calling::query(&caller, &input.username, Purpose::SignUp, Act::ResendConfirmationCode);
        let reading = app.store.read_user(pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let found = reading.found();
        let verdict = resend_confirmation_code::resend(&caller, &input.username, &found, &code, now);
        let of = found.user.map(|user| &user.sub);
        let verdict = happening.told(caller.pool, caller.client, of, verdict, now);
        let expects = [calling.read.expects.clone(), reading.expects.clone()].concat();
        if let Some(resent) = turn.carry_out(pool, expects, verdict, now).await? {
            let delivery = wire::user::delivery(&resent.delivery)?;
            return Ok(ResendConfirmationCodeOutput { code_delivery_details: Some(delivery) });
        }
    }
}
