//! DeleteUserPool. A protected pool is refused by [`lido_domain::pool::Pool::check_deletable`].

use lido_cognito_idp::operations::{DeleteUserPoolInput, DeleteUserPoolOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::Write,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteUserPoolInput,
) -> Result<DeleteUserPoolOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &id).await?;
        read.value.pool.check_deletable()?;
        let gone = app.store.commit(&id, read.expects, vec![Write::Clear]).await;
        if turn.unless_conflict(gone).await?.is_some() {
            return Ok(DeleteUserPoolOutput {});
        }
    }
}
