//! AdminRemoveUserFromGroup. A user who is not in the group is not in it afterwards either, and that is no fault
//! (*Documented*: the operation declares none for it).

use lido_cognito_idp::operations::{AdminRemoveUserFromGroupInput, AdminRemoveUserFromGroupOutput};
use lido_domain::{
    Refusal,
    id::{GroupName, PoolId},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminRemoveUserFromGroupInput,
) -> Result<AdminRemoveUserFromGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &pool).await?;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let user = reading.user.ok_or(Refusal::UserNotFound)?;
        let group = calling::get_group(app, &pool, &name).await?;
        let expects = [reading.expects, group.expects].concat();
        let made = app.store.commit(&pool, expects, store::leave(&name, &user.sub).to_vec()).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(AdminRemoveUserFromGroupOutput::default());
        }
    }
}
