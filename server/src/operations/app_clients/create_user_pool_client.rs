//! CreateUserPoolClient. What contradicts itself is refused by [`lido_domain::client`] and its neighbours.

use std::sync::Arc;

use lido_cognito_idp::operations::{CreateUserPoolClientInput, CreateUserPoolClientOutput};
use lido_domain::{
    client::{Client, ClientSecret, generate_secret},
    id::{ClientId, PoolId},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{ClientRecord, Expect, Key, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: CreateUserPoolClientInput,
) -> Result<CreateUserPoolClientOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    // Once a request, however often it decides.
    let id = ClientId::generate(&app.entropy.bytes()?);
    let generated = generate_secret(&app.entropy.bytes()?);
    let input = wire::client::with_defaults(input)?;
    let secret = wire::client::secret(&input, generated)?;
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let secrets = match &secret {
            None => Vec::new(),
            Some(secret) => {
                let sealed = app.keys.seal_client_secret(&pool, &id, secret)?;
                vec![ClientSecret { id: Client::new(id.clone()).new_secret_id(now), sealed, created_at: now }]
            }
        };
        let record = Arc::new(ClientRecord {
            client: wire::client::decides(id.clone(), secrets, &read.value.pool, &input)?,
            settings: wire::client::settings(&input)?,
            name: input.client_name.to_string(),
            created_at: now,
            modified_at: now,
        });
        let told = wire::client::told(&pool, &record, secret.as_ref())?;
        let expects = [read.expects, vec![Expect::Absent(Key::client(&id))]].concat();
        let write = Write::Put(Key::client(&id), Record::Client(record));
        let made = app.store.commit(&pool, expects, vec![write]).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(CreateUserPoolClientOutput { user_pool_client: Some(told) });
        }
    }
}
