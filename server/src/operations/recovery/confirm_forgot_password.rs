//! ConfirmForgotPassword. The rules are [`lido_domain::flow::recovery::confirm_forgot_password`]'s.

use lido_cognito_idp::operations::{ConfirmForgotPasswordInput, ConfirmForgotPasswordOutput};
use lido_domain::{
    code::Purpose,
    flow::recovery::confirm_forgot_password::{self, Compared, NewPassword},
    id::ClientId,
    secret::Secret,
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{
        Origin,
        calling::{self, Calling},
        failure::Failure,
        password::Derived,
        turn::Turn,
    },
    triggers::Confirmation,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ConfirmForgotPasswordInput,
) -> Result<ConfirmForgotPasswordOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    let password = Secret::new(input.password.into_inner());
    let asked =
        NewPassword { username: &input.username, code: &input.confirmation_code, password: &password };
    let happening = origin.happening(app.entropy.uuid()?, EventKind::ForgotPassword, input.user_context_data);
    let metadata = wire::metadata::client(input.client_metadata);
    let mut derived = Derived::default();
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(input.secret_hash.as_deref().map(String::as_str));
        let pool = &caller.pool.id;
        let query = calling::query(&caller, asked.username, Purpose::ForgotPassword, Act::RecoverPassword);
        let reading = app.store.read_user(pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let found = reading.found();
        let owner = confirm_forgot_password::admit(&caller, &asked, found.user)?;
        let credential = derived.seal(app, pool, &owner.sub, &owner.username, &password).await?;
        let former = confirm_forgot_password::credentials_to_compare(&caller, &asked, &found, &owner, now);
        let is_former = match found.user {
            Some(user) => derived.is_one_of(app, pool, user, former, &password).await?,
            None => false,
        };
        let compared = Compared { credential, is_former };
        let verdict = confirm_forgot_password::confirm(&caller, &asked, &found, &owner, compared, now);
        let of = found.user.map(|user| &user.sub);
        let verdict = happening.told(caller.pool, caller.client, of, verdict, now);
        let expects = [calling.read.expects.clone(), reading.expects.clone()].concat();
        if let Some(user) = turn.carry_out(pool, expects, verdict, now).await? {
            let context = calling.context(turn.cause());
            app.triggers.post_confirmation(context, Confirmation::ForgotPassword, &user).await?;
            return Ok(ConfirmForgotPasswordOutput::default());
        }
    }
}
