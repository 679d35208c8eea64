//! Handles CreateCIMDPolicy: lets OAuth clients name themselves by addresses of documents.
//!
//! The rules are in [`lido_domain::flow::cimd`].

use lido_cognito_idp::operations::{CreateCimdPolicyInput, CreateCimdPolicyOutput};
use lido_domain::{
    client::cimd::CimdPolicySettings,
    flow::cimd,
    id::{CimdPolicyId, ClientId, PoolId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateCimdPolicyInput,
) -> Result<CreateCimdPolicyOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let id = CimdPolicyId::generate(&app.entropy.bytes()?);
    let settings = CimdPolicySettings {
        name: input.policy_name.into_inner(),
        client: client_id.clone(),
        cache_seconds: wire::cimd::read_cache_seconds(input.cache_duration),
        patterns: wire::cimd::read_patterns(input.url_patterns),
    };
    let policy = request
        .transact(async |tx| {
            let (pool, has_client, count) = tx.get_pool_and_cimd_policies(&pool_id, &client_id).await?;
            Ok(cimd::create(&pool, has_client, count, id.clone(), settings.clone(), tx.now()))
        })
        .await?;
    let cimd_policy = wire::cimd::to_cimd_policy_type(&pool_id, &policy, true)?;
    Ok(CreateCimdPolicyOutput { cimd_policy })
}
