//! AddCustomAttributes. What an app client may read and write stays as it is.

use std::sync::Arc;

use lido_cognito_idp::operations::{AddCustomAttributesInput, AddCustomAttributesOutput};
use lido_domain::{id::PoolId, pool::Pool};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Key, PoolRecord, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AddCustomAttributesInput,
) -> Result<AddCustomAttributesOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &id).await?;
        let former = read.value.as_ref();
        let asked = wire::schema::asked_custom(&input.custom_attributes)?;
        let schema = former.pool.schema.with_custom_attributes(asked)?;
        let record = Arc::new(PoolRecord {
            pool: Pool { schema, ..former.pool.clone() },
            modified_at: app.clock.now(),
            ..former.clone()
        });
        // Before it is kept, so that what cannot be told is not kept either.
        wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
        let write = Write::Put(Key::pool(), Record::Pool(record));
        let added = app.store.commit(&id, read.expects, vec![write]).await;
        if turn.unless_conflict(added).await?.is_some() {
            return Ok(AddCustomAttributesOutput {});
        }
    }
}
