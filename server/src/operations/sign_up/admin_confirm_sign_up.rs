//! AdminConfirmSignUp. The rules are [`lido_domain::flow::admin_confirm_sign_up`]'s.

use lido_cognito_idp::operations::{AdminConfirmSignUpInput, AdminConfirmSignUpOutput};
use lido_domain::{attempt::Act, flow::admin_confirm_sign_up, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Beside, UserQuery},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminConfirmSignUpInput,
) -> Result<AdminConfirmSignUpOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let mut turn = Turn::new(app);
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
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminConfirmSignUpOutput::default());
        }
    }
}
