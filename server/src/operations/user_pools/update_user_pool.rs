//! Handles UpdateUserPool: replaces settings of a user pool.
//!
//! What becomes of members that the request omits is decided in [`lido_domain::pool::settings::UPDATE_USER_POOL`].

use lido_cognito_idp::operations::{UpdateUserPoolInput, UpdateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{settings::update_user_pool, tag},
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
    let members = wire::pool::update_members(&input)?;
    // *Chosen*: tags that are omitted stay. A report of 2018 says that they are removed (api-0102), but Terraform sets tags
    // by TagResource and updates pools without them, and its stacks keep their tags.
    let tags = input.user_pool_tags.map(|tags| wire::tags::from_tag_map(Some(tags)));
    if let Some(tags) = &tags {
        tag::check_tags(tags)?;
    }
    let name = input.pool_name.map(|name| name.into_inner());
    request
        .transact(async |tx| {
            let former = tx.get_pool(&pool_id).await?;
            let changed = update_user_pool(&former.settings, members.clone());
            let record = PoolRecord {
                pool: user_pools::derive(pool_id.clone(), former.pool.schema.clone(), &changed)?,
                settings: changed.settings,
                name: name.clone().unwrap_or_else(|| former.name.clone()),
                tags: tags.clone().unwrap_or_else(|| former.tags.clone()),
                domains: former.domains.clone(),
                created_at: former.created_at,
                modified_at: tx.now(),
            };
            record.check_plan_of_domains()?;
            // Converted before it is stored, so that no record is stored that the API cannot show.
            wire::pool::to_user_pool_type(&record, &app.settings.user_pool_arn(&pool_id), 0)?;
            Ok(record.put())
        })
        .await?;
    Ok(UpdateUserPoolOutput {})
}
