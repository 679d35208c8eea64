//! Handles UpdateUserPool: replaces the settings of a user pool.
//!
//! A setting that the request omits is set to its default (*Documented*); [`wire::pool::apply_update`] lists the
//! exceptions. *Chosen*: tags that the request omits are kept too, because they have operations of their own.

use lido_cognito_idp::operations::{UpdateUserPoolInput, UpdateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{
        settings::{SettingsRequest, keep_mfa_config},
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
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    request
        .transact(async |tx| {
            let former = tx.get_pool(&pool_id).await?;
            let tags = match &input.user_pool_tags {
                Some(_) => wire::tags::from_tag_map(input.user_pool_tags.clone()),
                None => former.tags.clone(),
            };
            tag::check_tags(&tags)?;
            let updated = wire::pool::apply_update(input.clone(), &former)?;
            let mut settings = wire::pool::to_settings(&updated)?;
            keep_mfa_config(&former.settings, &former.pool.mfa, &mut settings);
            let schema = former.pool.schema.clone();
            let pool = user_pools::derive(pool_id.clone(), schema, &settings, SettingsRequest::Update)?;
            pool.mfa.check()?;
            let record = PoolRecord {
                pool,
                settings,
                name: updated.pool_name.into_inner(),
                tags,
                created_at: former.created_at,
                modified_at: tx.now(),
            };
            // Converted before it is stored, so that no record is stored that the API cannot show.
            wire::pool::to_user_pool_type(&record, &app.settings.user_pool_arn(&pool_id), 0)?;
            Ok(record.put())
        })
        .await?;
    Ok(UpdateUserPoolOutput {})
}
