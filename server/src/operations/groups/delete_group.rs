//! DeleteGroup. The users who were in it stay.

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
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (_, group) = tx.pool_and_group(&pool, &name).await?;
            Ok(group::delete(group.as_ref()))
        })
        .await?;
    Ok(DeleteGroupOutput::default())
}
