//! UpdateUserPool. What it leaves out is set to its default (*Documented*); [`wire::pool::updated`] says what stays.
//!
//! *Chosen*: tags stay too where it says nothing of them, because they are hung on a pool by operations of their own.

use lido_cognito_idp::operations::{UpdateUserPoolInput, UpdateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{
        settings::{Occasion, keep_mfa_config},
        tag,
    },
};

use crate::{
    operations::{Failure, RequestContext, user_pools},
    store::PoolRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateUserPoolInput,
) -> Result<UpdateUserPoolOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.as_str());
    request
        .transact(async |tx| {
            let former = tx.pool(&id).await?;
            let tags = match &input.user_pool_tags {
                Some(_) => wire::tags::asked(input.user_pool_tags.clone()),
                None => former.tags.clone(),
            };
            tag::check_tags(&tags)?;
            let asked = wire::pool::updated(input.clone(), &former)?;
            let mut settings = wire::pool::settings(&asked)?;
            keep_mfa_config(&former.settings, &former.pool.mfa, &mut settings);
            let schema = former.pool.schema.clone();
            let pool = user_pools::derive(id.clone(), schema, &settings, Occasion::Update)?;
            pool.mfa.check()?;
            let record = PoolRecord {
                pool,
                settings,
                name: asked.pool_name.into_inner(),
                tags,
                created_at: former.created_at,
                modified_at: tx.now(),
            };
            // Before it is stored, so that what the API cannot show is not stored either.
            wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
            Ok(record.put())
        })
        .await?;
    Ok(UpdateUserPoolOutput {})
}
