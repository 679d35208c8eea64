//! UpdateUserPoolClient. What it leaves out is set to its default (*Documented*); [`wire::client::updated`] says what
//! stays.

use std::sync::Arc;

use lido_cognito_idp::operations::{UpdateUserPoolClientInput, UpdateUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    app::App,
    operations::{Origin, app_clients, failure::Failure, turn::Turn},
    store::{ClientRecord, Key, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: UpdateUserPoolClientInput,
) -> Result<UpdateUserPoolClientOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    let mut turn = Turn::new(app);
    loop {
        let (read, client) = app_clients::get_client(app, &pool, &id).await?;
        let former = client.value.as_ref();
        let asked = wire::client::with_defaults(wire::client::updated(input.clone(), former)?)?;
        let secrets = former.client.secrets.clone();
        let record = Arc::new(ClientRecord {
            client: wire::client::decides(id.clone(), secrets, &read.value.pool, &asked)?,
            settings: wire::client::settings(&asked)?,
            name: asked.client_name.to_string(),
            created_at: former.created_at,
            modified_at: app.clock.now(),
        });
        let secret = app.keys.open_first_client_secret(&pool, &record.client, record.created_at)?;
        let told = wire::client::told(&pool, &record, secret.as_ref())?;
        let expects = [read.expects, client.expects].concat();
        let write = Write::Put(Key::client(&id), Record::Client(record));
        let updated = app.store.commit(&pool, expects, vec![write]).await;
        if turn.unless_conflict(updated).await?.is_some() {
            return Ok(UpdateUserPoolClientOutput { user_pool_client: Some(told) });
        }
    }
}
