//! ForgotPassword. The rules are [`lido_domain::flow::recovery::forgot_password`]'s.

use lido_cognito_idp::operations::{ForgotPasswordInput, ForgotPasswordOutput};
use lido_domain::{
    code::Purpose,
    flow::recovery::forgot_password,
    id::ClientId,
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{
        Origin,
        calling::{self, Calling},
        failure::Failure,
        migration::migrate,
        turn::Turn,
    },
    triggers::Unknown,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ForgotPasswordInput,
) -> Result<ForgotPasswordOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    // Once a request, however often it decides.
    let code = app.new_code()?;
    let happening = origin.happening(app.entropy.uuid()?, EventKind::ForgotPassword, input.user_context_data);
    let metadata = wire::metadata::client(input.client_metadata);
    let mut is_migrated = false;
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(input.secret_hash.as_deref().map(String::as_str));
        let pool = &caller.pool.id;
        let query = calling::query(&caller, &input.username, Purpose::ForgotPassword, Act::RecoverPassword);
        let reading = app.store.read_user(pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        if reading.user.is_none() && !is_migrated {
            caller.check_secret(&input.username)?;
            is_migrated = true;
            if migrate(app, &mut turn, &client, &input.username, Unknown::ForgotPassword).await? {
                continue;
            }
        }
        let verdict = forgot_password::forgot(&caller, &input.username, &reading.found(), &code, now);
        let of = reading.user.as_ref().map(|user| &user.sub);
        let verdict = happening.told(caller.pool, caller.client, of, verdict, now);
        let expects = [calling.read.expects.clone(), reading.expects.clone()].concat();
        if let Some(sent) = turn.carry_out(pool, expects, verdict, now).await? {
            let delivery = wire::user::delivery(&sent.delivery)?;
            return Ok(ForgotPasswordOutput { code_delivery_details: Some(delivery) });
        }
    }
}
