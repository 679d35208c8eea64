//! UpdateGroup.

use lido_cognito_idp::operations::{UpdateGroupInput, UpdateGroupOutput};
use lido_domain::id::{GroupName, PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Key, Record, Write},
    wire::group::{Asked, told},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: UpdateGroupInput,
) -> Result<UpdateGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let asked = Asked::new(input.description, input.role_arn, input.precedence);
    let mut turn = Turn::new(app);
    loop {
        calling::get_pool(app, &pool).await?;
        let read = calling::get_group(app, &pool, &name).await?;
        let group = asked.clone().changed(read.value, app.clock.now());
        let told = told(&pool, &group)?;
        let write = Write::Put(Key::group(&name), Record::Group(group));
        let made = app.store.commit(&pool, read.expects, vec![write]).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(UpdateGroupOutput { group: Some(told) });
        }
    }
}
