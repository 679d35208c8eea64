//! CreateGroup.

use lido_cognito_idp::operations::{CreateGroupInput, CreateGroupOutput};
use lido_domain::{
    Refusal,
    id::{GroupId, GroupName, PoolId},
    user::group,
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Expect, Key, Record, Write},
    wire::group::{Asked, told},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: CreateGroupInput,
) -> Result<CreateGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let asked = Asked::new(input.description, input.role_arn, input.precedence);
    // Once a request, however often it decides.
    let id = GroupId::new(app.entropy.uuid()?);
    let group = asked.group(id, name.clone(), app.clock.now());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &pool).await?;
        if app.store.read_group(&pool, &name).await?.is_some() {
            return Err(Refusal::GroupExists.into());
        }
        group::check_room_in_pool(app.store.count_groups(&pool).await?)?;
        let told = told(&pool, &group)?;
        let expects = [read.expects, vec![Expect::Absent(Key::group(&name))]].concat();
        let write = Write::Put(Key::group(&name), Record::Group(group.clone()));
        let made = app.store.commit(&pool, expects, vec![write]).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(CreateGroupOutput { group: Some(told) });
        }
    }
}
