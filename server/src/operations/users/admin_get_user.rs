//! Handles AdminGetUser: returns a user.

use lido_cognito_idp::operations::{AdminGetUserInput, AdminGetUserOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminGetUserInput,
) -> Result<AdminGetUserOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let (_, loaded) = request.begin().load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
    let user = loaded.user.ok_or(Refusal::UserNotFound)?;
    Ok(wire::user::admin_get_user_output(&user)?)
}
