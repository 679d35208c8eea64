//! Handles AdminDeleteUserAttributes: deletes attributes of a user.
//!
//! The rules are in [`lido_domain::flow::account::delete_user_attributes`].

use lido_cognito_idp::operations::{AdminDeleteUserAttributesInput, AdminDeleteUserAttributesOutput};
use lido_domain::{flow::account::delete_user_attributes, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDeleteUserAttributesInput,
) -> Result<AdminDeleteUserAttributesOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let names: Vec<String> = input.user_attribute_names.into_iter().map(|name| name.into_inner()).collect();
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            let user = loaded.user.as_ref();
            Ok(delete_user_attributes::admin_delete(&pool.pool, user, &names, tx.now()))
        })
        .await?;
    Ok(AdminDeleteUserAttributesOutput {})
}
