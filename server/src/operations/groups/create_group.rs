//! Handles CreateGroup: creates a group in a user pool.
//!
//! The rules are in [`lido_domain::user::group`].

use lido_cognito_idp::operations::{CreateGroupInput, CreateGroupOutput};
use lido_domain::{
    id::{GroupId, GroupName, PoolId},
    user::group,
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateGroupInput,
) -> Result<CreateGroupOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = GroupName::new(input.group_name.into_inner());
    let settings = wire::group::read_settings(input.description, input.role_arn, input.precedence);
    let id = GroupId::new(app.entropy.uuid()?);
    let group = request
        .transact(async |tx| {
            let (existing, count) = tx.find_group_and_count(&pool_id, &name).await?;
            let (id, name, settings) = (id.clone(), name.clone(), settings.clone());
            Ok(group::create(existing.as_ref(), count, id, name, settings, tx.now()))
        })
        .await?;
    Ok(CreateGroupOutput { group: Some(wire::group::to_group_type(&pool_id, &group)?) })
}
