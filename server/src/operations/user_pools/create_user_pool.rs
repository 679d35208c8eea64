//! Handles CreateUserPool: creates a user pool.
//!
//! Settings that contradict each other are refused in [`lido_domain::pool::settings`] and
//! [`lido_domain::attribute::schema`].

use lido_cognito_idp::operations::{CreateUserPoolInput, CreateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{domain::Domains, settings::create_user_pool, tag},
};

use crate::{
    operations::{Failure, RequestContext, fixed_ids, user_pools},
    store::PoolRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    mut input: CreateUserPoolInput,
) -> Result<CreateUserPoolOutput, Failure> {
    let app = request.app();
    let now = app.clock.now();
    let region = request.region().unwrap_or(&app.settings.region);
    let tags = wire::tags::from_tag_map(input.user_pool_tags.take());
    tag::check_tags(&tags)?;
    let pool_id = match fixed_ids::pool_id(app, region, &tags).await? {
        Some(fixed) => fixed,
        None => PoolId::generate(region, &app.entropy.bytes()?),
    };
    let schema = wire::pool::read_schema(&input)?;
    let changed = create_user_pool(wire::pool::to_settings(&input)?);
    let pool = user_pools::derive(pool_id.clone(), schema, &changed)?;
    let record = PoolRecord {
        pool,
        settings: changed.settings,
        name: input.pool_name.into_inner(),
        tags,
        domains: Domains::default(),
        created_at: now,
        modified_at: now,
    };
    // Converted before it is stored, so that no record is stored that the API cannot show.
    let user_pool = wire::pool::to_user_pool_type(&record, &app.settings.user_pool_arn(&pool_id), 0)?;
    request
        .transact(async |tx| {
            tx.enter_new_pool(&pool_id)?;
            Ok(record.clone().put())
        })
        .await?;
    app.tokens.prepare(pool_id);
    Ok(CreateUserPoolOutput { user_pool: Some(user_pool) })
}
