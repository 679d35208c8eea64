//! AdminAddUserToGroup. A user who is in the group already stays in it, and that is no fault (*Documented*: the
//! operation declares none for it).

use lido_cognito_idp::operations::{AdminAddUserToGroupInput, AdminAddUserToGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group::{self, MOST_GROUPS_OF_A_USER},
};

use crate::{
    operations::{Failure, RequestContext},
    store::Beside,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminAddUserToGroupInput,
) -> Result<AdminAddUserToGroupOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (pool, group) = tx.pool_and_group(&id, &name).await?;
            let beside = vec![Beside::Groups(MOST_GROUPS_OF_A_USER)];
            let found = tx.user_of(&pool, &input.username, beside).await?;
            Ok(group::join(found.user.as_ref(), group.as_ref(), &found.groups))
        })
        .await?;
    Ok(AdminAddUserToGroupOutput::default())
}
