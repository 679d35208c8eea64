//! DeleteGroup. The users who were in it stay.

use lido_cognito_idp::operations::{DeleteGroupInput, DeleteGroupOutput};
use lido_domain::id::{GroupName, PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Key, Write},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteGroupInput,
) -> Result<DeleteGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let mut turn = Turn::new(app);
    loop {
        calling::get_pool(app, &pool).await?;
        let read = calling::get_group(app, &pool, &name).await?;
        // Whoever is added meanwhile is in a group that is gone, and so in none.
        let mut writes = app.store.without_members(&pool, &name).await?;
        writes.push(Write::Remove(Key::group(&name)));
        let made = app.store.commit(&pool, read.expects, writes).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(DeleteGroupOutput::default());
        }
    }
}
