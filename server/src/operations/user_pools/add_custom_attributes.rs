//! AddCustomAttributes. What an app client may read and write stays as it is.

use lido_cognito_idp::operations::{AddCustomAttributesInput, AddCustomAttributesOutput};
use lido_domain::{id::PoolId, pool::Pool};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
    store::PoolRecord,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AddCustomAttributesInput,
) -> Result<AddCustomAttributesOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
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
