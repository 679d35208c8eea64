//! Handles UpdateGroup: replaces the settings of a group.
//!
//! The rules are in [`lido_domain::user::group`].

use lido_cognito_idp::operations::{UpdateGroupInput, UpdateGroupOutput};
use lido_domain::{
    id::{GroupName, PoolId},
    user::group,
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateGroupInput,
) -> Result<UpdateGroupOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let settings = wire::group::read_settings(input.description, input.role_arn, input.precedence);
    let group = request
        .transact(async |tx| {
            let (_, group) = tx.get_pool_and_group(&pool_id, &name).await?;
            Ok(group::update(group.as_ref(), settings.clone(), tx.now()))
        })
        .await?;
    Ok(UpdateGroupOutput { group: Some(wire::group::to_group_type(&pool_id, &group)?) })
}
