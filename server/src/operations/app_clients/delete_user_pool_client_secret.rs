//! DeleteUserPoolClientSecret. The last one stays.

use std::sync::Arc;

use lido_cognito_idp::operations::{DeleteUserPoolClientSecretInput, DeleteUserPoolClientSecretOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    app::App,
    operations::{Origin, app_clients, failure::Failure, turn::Turn},
    store::{ClientRecord, Key, Record, Write},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteUserPoolClientSecretInput,
) -> Result<DeleteUserPoolClientSecretOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    let mut turn = Turn::new(app);
    loop {
        let (_, read) = app_clients::get_client(app, &pool, &id).await?;
        let client = read.value.client.without_secret(&input.client_secret_id)?;
        let record =
            ClientRecord { client, modified_at: app.clock.now(), ..ClientRecord::clone(&read.value) };
        let write = Write::Put(Key::client(&id), Record::Client(Arc::new(record)));
        let gone = app.store.commit(&pool, read.expects, vec![write]).await;
        if turn.unless_conflict(gone).await?.is_some() {
            return Ok(DeleteUserPoolClientSecretOutput {});
        }
    }
}
