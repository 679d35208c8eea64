//! Handles AdminAddUserToGroup: adds a user to a group.
//!
//! A user that is in the group already is no error (*Documented*: the operation declares none for it).

use lido_cognito_idp::operations::{AdminAddUserToGroupInput, AdminAddUserToGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group::{self, MAX_GROUPS_PER_USER},
};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminAddUserToGroupInput,
) -> Result<AdminAddUserToGroupOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    request
        .transact(async |tx| {
            let (pool, group) = tx.get_pool_and_group(&pool_id, &name).await?;
            let related = vec![RelatedRecord::Groups(MAX_GROUPS_PER_USER)];
            let loaded = tx.load_user_in_pool(&pool, &input.username, related).await?;
            Ok(group::join(loaded.user.as_ref(), group.as_ref(), &loaded.groups))
        })
        .await?;
    Ok(AdminAddUserToGroupOutput::default())
}
