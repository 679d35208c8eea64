//! CreateUserPool. What contradicts itself is refused by [`lido_domain::pool::settings`] and [`lido_domain::attribute::schema`].

use lido_cognito_idp::operations::{CreateUserPoolInput, CreateUserPoolOutput};
use lido_domain::{
    id::PoolId,
    pool::{settings::Occasion, tag},
};

use crate::{
    operations::{Failure, RequestContext, user_pools},
    store::PoolRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    mut input: CreateUserPoolInput,
) -> Result<CreateUserPoolOutput, Failure> {
    let app = request.app();
    let now = app.clock.now();
    let id = PoolId::generate(&app.settings.region, &app.entropy.bytes()?);
    let tags = wire::tags::asked(input.user_pool_tags.take());
    tag::check_tags(&tags)?;
    let schema = wire::pool::new_schema(&input)?;
    let settings = wire::pool::settings(&input)?;
    let pool = user_pools::derive(id.clone(), schema, &settings, Occasion::Create)?;
    let record = PoolRecord {
        pool,
        settings,
        name: input.pool_name.into_inner(),
        tags,
        created_at: now,
        modified_at: now,
    };
    // Before it is stored, so that what the API cannot show is not stored either.
    let told = wire::pool::told(&record, &app.settings.user_pool_arn(&id), 0)?;
    request
        .transact(async |tx| {
            tx.enter_new_pool(&id)?;
            Ok(record.clone().put())
        })
        .await?;
    app.tokens.prepare(id);
    Ok(CreateUserPoolOutput { user_pool: Some(told) })
}
