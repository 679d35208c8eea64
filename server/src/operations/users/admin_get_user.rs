//! AdminGetUser.

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
    let id = PoolId::new(input.user_pool_id.into_inner());
    let (_, found) = request.begin().named_user(&id, &input.username, Vec::new()).await?;
    let user = found.user.ok_or(Refusal::UserNotFound)?;
    Ok(wire::user::admin_get_user(&user)?)
}
