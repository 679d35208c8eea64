//! TagResource. A tag whose key is there already takes the new value.

use std::sync::Arc;

use lido_cognito_idp::operations::{TagResourceInput, TagResourceOutput};
use lido_domain::pool::tag;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::get_named, turn::Turn},
    store::{Key, PoolRecord, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let read = get_named(app, &input.resource_arn).await?;
        let id = &read.value.pool.id;
        let added = wire::tags::asked(Some(input.tags.clone()));
        let tags = tag::tagged(&read.value.tags, added)?;
        let record = PoolRecord { tags, ..PoolRecord::clone(&read.value) };
        let write = Write::Put(Key::pool(), Record::Pool(Arc::new(record)));
        let done = app.store.commit(id, read.expects, vec![write]).await;
        if turn.unless_conflict(done).await?.is_some() {
            return Ok(TagResourceOutput {});
        }
    }
}
