//! Handles AdminRemoveUserFromGroup: removes a user from a group.
//!
//! A user that is not in the group is no error (*Documented*: the operation declares none for it).

use lido_cognito_idp::operations::{AdminRemoveUserFromGroupInput, AdminRemoveUserFromGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group,
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminRemoveUserFromGroupInput,
) -> Result<AdminRemoveUserFromGroupOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (pool, group) = tx.get_pool_and_group(&pool_id, &name).await?;
            let loaded = tx.load_user_in_pool(&pool, &input.username, Vec::new()).await?;
            Ok(group::leave(loaded.user.as_ref(), group.as_ref()))
        })
        .await?;
    Ok(AdminRemoveUserFromGroupOutput::default())
}
