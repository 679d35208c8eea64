//! AddUserPoolClientSecret: a second secret, so that the first can be deleted once nobody uses it. Both are good.

use std::sync::Arc;

use lido_cognito_idp::operations::{AddUserPoolClientSecretInput, AddUserPoolClientSecretOutput};
use lido_domain::{
    client::{ClientSecret, generate_secret},
    id::{ClientId, PoolId},
    secret::Secret,
};

use crate::{
    app::App,
    operations::{Origin, app_clients, failure::Failure, turn::Turn},
    store::{ClientRecord, Key, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AddUserPoolClientSecretInput,
) -> Result<AddUserPoolClientSecretOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    // Once a request, however often it decides.
    let generated = generate_secret(&app.entropy.bytes()?);
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let (_, read) = app_clients::get_client(app, &pool, &id).await?;
        let mut record = ClientRecord::clone(&read.value);
        record.client.check_room_for_secret()?;
        let sealed = app.keys.seal_client_secret(&pool, &id, sent.as_ref().unwrap_or(&generated))?;
        let secret = ClientSecret { id: record.client.new_secret_id(now), sealed, created_at: now };
        // Whoever sends a secret knows it.
        let text = sent.is_none().then_some(&generated);
        let told = wire::client::told_secret(&secret, text)?;
        record.client.secrets.push(secret);
        record.modified_at = now;
        let write = Write::Put(Key::client(&id), Record::Client(Arc::new(record)));
        let added = app.store.commit(&pool, read.expects, vec![write]).await;
        if turn.unless_conflict(added).await?.is_some() {
            return Ok(AddUserPoolClientSecretOutput { client_secret_descriptor: Some(told) });
        }
    }
}
