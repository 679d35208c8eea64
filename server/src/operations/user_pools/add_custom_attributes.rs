//! AddCustomAttributes. What an app client may read and write stays as it is.

use lido_cognito_idp::operations::{AddCustomAttributesInput, AddCustomAttributesOutput};
use lido_domain::{id::PoolId, pool::Pool};

use crate::{
    operations::{Failure, RequestContext},
    store::PoolRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AddCustomAttributesInput,
) -> Result<AddCustomAttributesOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.as_str());
    request
        .transact(async |tx| {
            let former = tx.pool(&id).await?;
            let asked = wire::schema::asked_custom(&input.custom_attributes)?;
            let schema = former.pool.schema.with_custom_attributes(asked)?;
            let pool = Pool { schema, ..former.pool.clone() };
            let record = PoolRecord { pool, modified_at: tx.now(), ..PoolRecord::clone(&former) };
            // Before it is stored, so that what the API cannot show is not stored either.
            wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
            Ok(record.put())
        })
        .await?;
    Ok(AddCustomAttributesOutput {})
}
