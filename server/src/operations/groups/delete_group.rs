//! Handles DeleteGroup: deletes a group; the users in it are not deleted.
//!
//! The rules are in [`lido_domain::user::group`].

use lido_cognito_idp::operations::{DeleteGroupInput, DeleteGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group,
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteGroupInput,
) -> Result<DeleteGroupOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (_, group) = tx.get_pool_and_group(&pool_id, &name).await?;
            Ok(group::delete(group.as_ref()))
        })
        .await?;
    Ok(DeleteGroupOutput::default())
}
