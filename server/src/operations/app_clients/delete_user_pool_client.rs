//! DeleteUserPoolClient. What began with the client leads nowhere from then on: every session is looked up through its
//! client, and the id of a client never comes back.

use lido_cognito_idp::operations::{DeleteUserPoolClientInput, DeleteUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    app::App,
    operations::{Origin, app_clients, failure::Failure, turn::Turn},
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
        let (_, read) = app_clients::get_client(app, &pool, &id).await?;
        let gone = app.store.commit(&pool, read.expects, vec![Write::Remove(Key::client(&id))]).await;
        if turn.unless_conflict(gone).await?.is_some() {
            return Ok(DeleteUserPoolClientOutput {});
        }
    }
}
