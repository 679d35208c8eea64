//! Handles AdminGetUserAuthFactors: returns the factors with which a user can sign in.
//!
//! The rules are in [`lido_domain::flow::account::get_user_auth_factors`].

use lido_cognito_idp::operations::{AdminGetUserAuthFactorsInput, AdminGetUserAuthFactorsOutput};
use lido_domain::{Refusal, flow::account::get_user_auth_factors, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminGetUserAuthFactorsInput,
) -> Result<AdminGetUserAuthFactorsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let (pool, loaded) = request.begin().load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
    let user = loaded.user.ok_or(Refusal::UserNotFound)?;
    let relying_party = request.app().settings.relying_party.as_deref();
    let factors = get_user_auth_factors::first_factors(&pool.pool, relying_party, &user);
    // GetUserAuthFactors has the same output (*Documented*: the API reference of both).
    let output = wire::sign_in::get_user_auth_factors_output(&user, &factors)?;
    Ok(AdminGetUserAuthFactorsOutput {
        username: output.username,
        preferred_mfa_setting: output.preferred_mfa_setting,
        user_mfa_setting_list: output.user_mfa_setting_list,
        configured_user_auth_factors: output.configured_user_auth_factors,
    })
}
