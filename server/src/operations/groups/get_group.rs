//! GetGroup.

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
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let (_, group) = request.begin().pool_and_group(&pool, &name).await?;
    let group = group.ok_or(Refusal::UnknownGroup)?;
    Ok(GetGroupOutput { group: Some(wire::group::told(&pool, &group)?) })
}
