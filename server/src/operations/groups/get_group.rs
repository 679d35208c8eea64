//! Handles GetGroup: returns a group of a user pool.

use lido_cognito_idp::operations::{GetGroupInput, GetGroupOutput};
use lido_domain::{
    Refusal,
    id::{GroupName, PoolId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetGroupInput,
) -> Result<GetGroupOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let (_, group) = request.begin().get_pool_and_group(&pool_id, &name).await?;
    let group = group.ok_or(Refusal::UnknownGroup)?;
    Ok(GetGroupOutput { group: Some(wire::group::to_group_type(&pool_id, &group)?) })
}
