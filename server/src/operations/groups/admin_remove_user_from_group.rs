//! AdminRemoveUserFromGroup. A user who is not in the group is not in it afterwards either, and that is no fault
//! (*Documented*: the operation declares none for it).

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
    let id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (pool, group) = tx.pool_and_group(&id, &name).await?;
            let found = tx.user_of(&pool, &input.username, Vec::new()).await?;
            Ok(group::leave(found.user.as_ref(), group.as_ref()))
        })
        .await?;
    Ok(AdminRemoveUserFromGroupOutput::default())
}
