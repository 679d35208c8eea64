//! UpdateUserPool. What it leaves out is set to its default (*Documented*); [`wire::pool::updated`] says what stays.
//!
//! *Chosen*: tags stay too where it says nothing of them, because they are hung on a pool by operations of their own.

use std::sync::Arc;

use lido_cognito_idp::operations::{UpdateUserPoolInput, UpdateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{Pool, settings::Occasion, tag},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn, user_pools},
    store::{Key, PoolRecord, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: UpdateUserPoolInput,
) -> Result<UpdateUserPoolOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &id).await?;
        let former = &read.value;
        let tags = match &input.user_pool_tags {
            Some(_) => wire::tags::asked(input.user_pool_tags.clone()),
            None => former.tags.clone(),
        };
        tag::check_tags(&tags)?;
        let asked = wire::pool::updated(input.clone(), former)?;
        let schema = former.pool.schema.clone();
        let (pool, asked) = user_pools::decided(id.clone(), schema, asked, Occasion::Update)?;
        let mut settings = wire::pool::settings(&asked)?;
        wire::mfa::carry_over(former, &mut settings);
        let mfa = former.pool.mfa_updated(pool.mfa)?;
        let record = Arc::new(PoolRecord {
            pool: Pool { mfa, passkeys: former.pool.passkeys.clone(), ..pool },
            settings,
            name: asked.pool_name.into_inner(),
            tags,
            created_at: former.created_at,
            modified_at: app.clock.now(),
        });
        // Before it is kept, so that what cannot be told is not kept either.
        wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
        let write = Write::Put(Key::pool(), Record::Pool(record));
        let updated = app.store.commit(&id, read.expects, vec![write]).await;
        if turn.unless_conflict(updated).await?.is_some() {
            return Ok(UpdateUserPoolOutput {});
        }
    }
}
