//! AdminGetUser.

use lido_cognito_idp::operations::{AdminGetUserInput, AdminGetUserOutput};
use lido_domain::{Refusal, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminGetUserInput,
) -> Result<AdminGetUserOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let (_, found) = app.begin().named_user(&id, &input.username, Vec::new()).await?;
    let user = found.user.ok_or(Refusal::UserNotFound)?;
    Ok(wire::user::admin_get_user(&user)?)
}
