//! Handles AdminUpdateUserAttributes: changes attributes of a user.
//!
//! The rules are in [`lido_domain::flow::account::update_user_attributes`].

use lido_cognito_idp::operations::{AdminUpdateUserAttributesInput, AdminUpdateUserAttributesOutput};
use lido_domain::{
    flow::account::{attribute_change::NewCodes, update_user_attributes},
    id::PoolId,
    user::sent_messages::MessageCause,
};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminUpdateUserAttributesInput,
) -> Result<AdminUpdateUserAttributesOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let attributes = wire::user::read_attributes(Some(input.user_attributes));
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let related: Vec<_> = RelatedRecord::messages(MessageCause::Administrator).collect();
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, related.clone()).await?;
            let (keys, rules) = (app.keys.digests(), &pool.pool);
            let user = loaded.user.as_ref();
            let changed = update_user_attributes::admin_admit(rules, user, &attributes, tx.now())?;
            let holders = tx.find_holders(&pool_id, changed.names_to_reserve(), None).await?;
            let now = tx.now();
            let verdict = update_user_attributes::update(keys, rules, None, &changed, &holders, &codes, now);
            Ok(loaded.sent.limit(MessageCause::Administrator, verdict, now))
        })
        .await?;
    Ok(AdminUpdateUserAttributesOutput {})
}
