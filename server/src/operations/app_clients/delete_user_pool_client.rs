//! DeleteUserPoolClient.

use lido_cognito_idp::operations::{DeleteUserPoolClientInput, DeleteUserPoolClientOutput};
use lido_domain::{
    Refusal,
    id::{ClientId, PoolId},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Key, Write},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteUserPoolClientInput,
) -> Result<DeleteUserPoolClientOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let id = ClientId::new(input.client_id.into_inner());
    let mut turn = Turn::new(app);
    loop {
        calling::get_pool(app, &pool).await?;
        let read = app.store.read_client(&pool, &id).await?;
        let read = read.ok_or_else(|| Refusal::UnknownClient(id.clone()))?;
        let gone = app.store.commit(&pool, read.expects, vec![Write::Remove(Key::client(&id))]).await;
        if turn.unless_conflict(gone).await?.is_some() {
            return Ok(DeleteUserPoolClientOutput {});
        }
    }
}
