//! Handles GetUserPoolMfaConfig: returns the settings on MFA of a user pool.

use lido_cognito_idp::operations::{GetUserPoolMfaConfigInput, GetUserPoolMfaConfigOutput};
use lido_domain::id::PoolId;

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserPoolMfaConfigInput,
) -> Result<GetUserPoolMfaConfigOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pool = request.begin().get_pool(&pool_id).await?;
    Ok(wire::mfa::mfa_config_output(&pool)?)
}
