//! CreateUserPool. What contradicts itself is refused by [`lido_domain::pool::settings`] and [`lido_domain::attribute::schema`].

use std::sync::Arc;

use lido_cognito_idp::operations::{CreateUserPoolInput, CreateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{settings::Occasion, tag},
};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, user_pools},
    store::{Expect, Key, PoolRecord, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    mut input: CreateUserPoolInput,
) -> Result<CreateUserPoolOutput, Failure> {
    let now = app.clock.now();
    let id = PoolId::generate(&app.settings.region, &app.entropy.bytes()?);
    let tags = wire::tags::asked(input.user_pool_tags.take());
    tag::check_tags(&tags)?;
    let schema = wire::pool::new_schema(&input)?;
    let (pool, input) = user_pools::decided(id.clone(), schema, input, Occasion::Create)?;
    let record = Arc::new(PoolRecord {
        pool,
        settings: wire::pool::settings(&input)?,
        name: input.pool_name.into_inner(),
        tags,
        created_at: now,
        modified_at: now,
    });
    // Before it is kept, so that what cannot be told is not kept either.
    let told = wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
    let write = Write::Put(Key::pool(), Record::Pool(record));
    app.store.commit(&id, vec![Expect::Absent(Key::pool())], vec![write]).await?;
    app.tokens.prepare(id);
    Ok(CreateUserPoolOutput { user_pool: Some(told) })
}
