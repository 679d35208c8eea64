//! AdminUserGlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{AdminUserGlobalSignOutInput, AdminUserGlobalSignOutOutput};
use lido_domain::{flow::sign_in::sign_out, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminUserGlobalSignOutInput,
) -> Result<AdminUserGlobalSignOutOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let verdict = sign_out::sign_out(reading.user.as_ref());
        let expects = [read.expects, reading.expects].concat();
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminUserGlobalSignOutOutput::default());
        }
    }
}
