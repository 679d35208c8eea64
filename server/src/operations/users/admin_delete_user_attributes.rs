//! AdminDeleteUserAttributes. The rules are [`lido_domain::flow::account::delete_user_attributes`]'s.

use lido_cognito_idp::operations::{AdminDeleteUserAttributesInput, AdminDeleteUserAttributesOutput};
use lido_domain::{flow::account::delete_user_attributes, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDeleteUserAttributesInput,
) -> Result<AdminDeleteUserAttributesOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let names: Vec<String> = input.user_attribute_names.into_iter().map(|name| name.into_inner()).collect();
    request
        .transact(async |tx| {
            let (pool, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            let user = found.user.as_ref();
            Ok(delete_user_attributes::admin_delete(&pool.pool, user, &names, tx.now()))
        })
        .await?;
    Ok(AdminDeleteUserAttributesOutput {})
}
