//! AdminResetUserPassword. The rules are [`lido_domain::flow::users::admin_reset_user_password`]'s.

use lido_cognito_idp::operations::{AdminResetUserPasswordInput, AdminResetUserPasswordOutput};
use lido_domain::{flow::users::admin_reset_user_password, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminResetUserPasswordInput,
) -> Result<AdminResetUserPasswordOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    // Once a request, however often it decides.
    let code = app.new_code()?;
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let rules = &read.value.pool;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let keys = app.keys.digests();
        let verdict = admin_reset_user_password::reset(keys, rules, reading.user.as_ref(), &code, now);
        let expects = [read.expects, reading.expects].concat();
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminResetUserPasswordOutput {});
        }
    }
}
