//! Handles AddCustomAttributes: adds custom attributes to the schema of a user pool.
//!
//! *Chosen*: app clients without ReadAttributes and WriteAttributes may read and write them, as any custom attribute
//! (api-0164 says otherwise in the guide).

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
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    request
        .transact(async |tx| {
            let former = tx.get_pool(&pool_id).await?;
            let attributes = wire::schema::read_custom_attributes(&input.custom_attributes)?;
            let schema = former.pool.schema.with_custom_attributes(attributes)?;
            let pool = Pool { schema, ..former.pool.clone() };
            let record = PoolRecord { pool, modified_at: tx.now(), ..PoolRecord::clone(&former) };
            // Converted before it is stored, so that no record is stored that the API cannot show.
            wire::pool::to_user_pool_type(&record, &app.settings.user_pool_arn(&pool_id), 0)?;
            Ok(record.put())
        })
        .await?;
    Ok(AddCustomAttributesOutput {})
}
