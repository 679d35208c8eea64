//! AdminDeleteUserAttributes. The rules are [`lido_domain::flow::account::delete_user_attributes`]'s.

use lido_cognito_idp::operations::{AdminDeleteUserAttributesInput, AdminDeleteUserAttributesOutput};
use lido_domain::{flow::account::delete_user_attributes, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminDeleteUserAttributesInput,
) -> Result<AdminDeleteUserAttributesOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let names: Vec<String> = input.user_attribute_names.into_iter().map(|name| name.into_inner()).collect();
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let verdict =
            delete_user_attributes::admin_delete(&read.value.pool, reading.user.as_ref(), &names, now);
        let expects = [read.expects, reading.expects].concat();
        if turn.carry_out(&pool, expects, verdict, now).await?.is_some() {
            return Ok(AdminDeleteUserAttributesOutput {});
        }
    }
}
