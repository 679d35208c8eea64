//! AdminAddUserToGroup. A user who is in the group already stays in it, and that is no fault (*Documented*: the
//! operation declares none for it).

use lido_cognito_idp::operations::{AdminAddUserToGroupInput, AdminAddUserToGroupOutput};
use lido_domain::{
    Refusal,
    id::{GroupName, PoolId},
    user::group::{self, MOST_GROUPS_OF_A_USER},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminAddUserToGroupInput,
) -> Result<AdminAddUserToGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &pool).await?;
        let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, &input.username)).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let user = reading.user.ok_or(Refusal::UserNotFound)?;
        let group = calling::get_group(app, &pool, &name).await?;
        let own = app.store.list_groups_of(&pool, &user.sub, None, MOST_GROUPS_OF_A_USER).await?;
        if own.iter().any(|own| own.id == group.value.id) {
            return Ok(AdminAddUserToGroupOutput::default());
        }
        group::check_room_of_user(own.len())?;
        let expects = [reading.expects, group.expects].concat();
        let writes = store::join(&group.value, user).to_vec();
        let made = app.store.commit(&pool, expects, writes).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(AdminAddUserToGroupOutput::default());
        }
    }
}
