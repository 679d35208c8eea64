//! UntagResource. A key that is not there is no fault.

use std::sync::Arc;

use lido_cognito_idp::operations::{UntagResourceInput, UntagResourceOutput};
use lido_domain::pool::tag;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::get_named, turn::Turn},
    store::{Key, PoolRecord, Record, Write},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let read = get_named(app, &input.resource_arn).await?;
        let id = &read.value.pool.id;
        let keys = input.tag_keys.iter().map(|key| key.as_str());
        let tags = tag::untagged(&read.value.tags, keys);
        let record = PoolRecord { tags, ..PoolRecord::clone(&read.value) };
        let write = Write::Put(Key::pool(), Record::Pool(Arc::new(record)));
        let done = app.store.commit(id, read.expects, vec![write]).await;
        if turn.unless_conflict(done).await?.is_some() {
            return Ok(UntagResourceOutput {});
        }
    }
}
