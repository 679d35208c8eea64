//! AdminConfirmSignUp. The rules are [`lido_domain::flow::sign_up::admin_confirm_sign_up`]'s.

use lido_cognito_idp::operations::{AdminConfirmSignUpInput, AdminConfirmSignUpOutput};
use lido_domain::{flow::sign_up::admin_confirm_sign_up, id::PoolId, user::attempt::Act};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Beside, UserQuery},
    triggers::{Confirmation, EventContext},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminConfirmSignUpInput,
) -> Result<AdminConfirmSignUpOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let beside = vec![Beside::Attempts(Act::AdminConfirmSignUp)];
        let query = UserQuery { beside, ..calling::admin_query(&read.value, &input.username) };
        let reading = app.store.read_user(&pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let verdict =
            admin_confirm_sign_up::admin_confirm(reading.user.as_ref(), reading.attempts.as_ref(), now);
        let expects = [read.expects, reading.expects].concat();
        if let Some(confirmed) = turn.carry_out(&pool, expects, verdict, now).await? {
            let context = EventContext { pool: &read.value, client: None, cause: turn.cause() };
            app.triggers.post_confirmation(context, Confirmation::SignUp, &confirmed.user).await?;
            return Ok(AdminConfirmSignUpOutput::default());
        }
    }
}
