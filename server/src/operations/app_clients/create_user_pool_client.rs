//! CreateUserPoolClient. What contradicts itself is refused by [`lido_domain::client`].

use std::sync::Arc;

use lido_cognito_idp::operations::{CreateUserPoolClientInput, CreateUserPoolClientOutput};
use lido_domain::{
    client::{ClientSecret, generate_secret},
    id::{ClientId, PoolId},
    secret::Secret,
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
    let secret = wire::client::secret(&input, generated);
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let read = calling::get_pool(app, &pool).await?;
        let mut client = wire::client::decides(id.clone(), &read.value.pool, &input)?;
        if let Some(secret) = &secret {
            let sealed = app.keys.seal_client_secret(&pool, &id, secret)?;
            client.secrets.push(ClientSecret { id: first_secret_id(&id), sealed, created_at: now });
        }
        let record = Arc::new(ClientRecord {
            client,
            settings: wire::client::settings(&input)?,
            name: input.client_name.to_string(),
            created_at: now,
            modified_at: now,
        });
        let secrets: &[Secret] = secret.as_slice();
        let told = wire::client::told(&pool, &record, secrets)?;
        let expects = [read.expects, vec![Expect::Absent(Key::client(&id))]].concat();
        let write = Write::Put(Key::client(&id), Record::Client(record));
        let made = app.store.commit(&pool, expects, vec![write]).await;
        if turn.unless_conflict(made).await?.is_some() {
            return Ok(CreateUserPoolClientOutput { user_pool_client: Some(told) });
        }
    }
}

/// The id of the secret that a client is created with. *Chosen*: ids of secrets are the client's id and a number.
fn first_secret_id(client: &ClientId) -> String {
    format!("{client}--1")
}
