//! GetUserPoolMfaConfig.

use lido_cognito_idp::operations::{GetUserPoolMfaConfigInput, GetUserPoolMfaConfigOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetUserPoolMfaConfigInput,
) -> Result<GetUserPoolMfaConfigOutput, Failure> {
    let pool = app.begin().pool(&PoolId::new(input.user_pool_id.into_inner())).await?;
    Ok(wire::mfa::config(&pool)?)
}
