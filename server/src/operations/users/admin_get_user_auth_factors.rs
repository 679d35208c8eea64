//! AdminGetUserAuthFactors. What it lists is [`lido_domain::flow::account::auth_factors`]'s.

use lido_cognito_idp::operations::{AdminGetUserAuthFactorsInput, AdminGetUserAuthFactorsOutput};
use lido_domain::{Refusal, flow::account::auth_factors, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminGetUserAuthFactorsInput,
) -> Result<AdminGetUserAuthFactorsOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let (pool, found) = request.begin().named_user(&id, &input.username, Vec::new()).await?;
    let user = found.user.ok_or(Refusal::UserNotFound)?;
    let relying_party = request.app().settings.relying_party.as_deref();
    let factors = auth_factors::first_factors(&pool.pool, relying_party, &user);
    // The two operations answer with the same members (*Documented*: the API reference of both).
    let told = wire::sign_in::auth_factors(&user, &factors)?;
    Ok(AdminGetUserAuthFactorsOutput {
        username: told.username,
        preferred_mfa_setting: told.preferred_mfa_setting,
        user_mfa_setting_list: told.user_mfa_setting_list,
        configured_user_auth_factors: told.configured_user_auth_factors,
    })
}
