//! AdminUpdateUserAttributes. The rules are [`lido_domain::flow::account::update_user_attributes`]'s.

use lido_cognito_idp::operations::{AdminUpdateUserAttributesInput, AdminUpdateUserAttributesOutput};
use lido_domain::{
    flow::account::{attribute_change::NewCodes, update_user_attributes},
    id::PoolId,
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminUpdateUserAttributesInput,
) -> Result<AdminUpdateUserAttributesOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.into_inner());
    let given = wire::user::given(Some(input.user_attributes));
    let codes = NewCodes { email: app.new_code()?, phone_number: app.new_code()? };
    let metadata = wire::metadata::client(input.client_metadata);
    let request = request.with_metadata(metadata);
    request
        .transact(async |tx| {
            let (pool, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            let (keys, rules) = (app.keys.digests(), &pool.pool);
            let changed = update_user_attributes::admin_admit(rules, found.user.as_ref(), &given, tx.now())?;
            let holders = tx.find_holders(&id, changed.names_wanted(), None).await?;
            Ok(update_user_attributes::update(keys, rules, None, &changed, &holders, &codes, tx.now()))
        })
        .await?;
    Ok(AdminUpdateUserAttributesOutput {})
}
