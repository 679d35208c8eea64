//! Handles UpdateCIMDPolicy: replaces the app client and the patterns of a policy.
//!
//! The rules are in [`lido_domain::flow::cimd`].

use lido_cognito_idp::operations::{UpdateCimdPolicyInput, UpdateCimdPolicyOutput};
use lido_domain::{
    client::cimd::CimdPolicyUpdate,
    flow::cimd,
    id::{CimdPolicyId, ClientId, PoolId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateCimdPolicyInput,
) -> Result<UpdateCimdPolicyOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = CimdPolicyId::new(input.cimd_policy_id.into_inner());
    let update = CimdPolicyUpdate {
        client: ClientId::new(input.client_id.into_inner()),
        patterns: wire::cimd::read_patterns(input.url_patterns),
        name: input.policy_name.map(|name| name.into_inner()),
        cache_seconds: wire::cimd::read_cache_seconds(input.cache_duration),
    };
    let policy = request
        .transact(async |tx| {
            let (pool, policy, has_client) =
                tx.get_pool_policy_and_client(&pool_id, &id, &update.client).await?;
            Ok(cimd::update(&pool.pool, policy.as_ref(), has_client, update.clone(), tx.now()))
        })
        .await?;
    let cimd_policy = wire::cimd::to_cimd_policy_type(&pool_id, &policy, true)?;
    Ok(UpdateCimdPolicyOutput { cimd_policy })
}
