//! GetGroup.

use lido_cognito_idp::operations::{GetGroupInput, GetGroupOutput};
use lido_domain::id::{GroupName, PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure},
    wire::group::told,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetGroupInput,
) -> Result<GetGroupOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    calling::get_pool(app, &pool).await?;
    let read = calling::get_group(app, &pool, &GroupName::new(input.group_name.into_inner())).await?;
    Ok(GetGroupOutput { group: Some(told(&pool, &read.value)?) })
}
