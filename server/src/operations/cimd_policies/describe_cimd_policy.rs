//! Handles DescribeCIMDPolicy: returns a policy.

use lido_cognito_idp::operations::{DescribeCimdPolicyInput, DescribeCimdPolicyOutput};
use lido_domain::{
    Refusal,
    id::{CimdPolicyId, PoolId},
    refusal::CimdFault,
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeCimdPolicyInput,
) -> Result<DescribeCimdPolicyOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = CimdPolicyId::new(input.cimd_policy_id.into_inner());
    let tx = request.begin();
    let (_, policy) = tx.get_pool_and_cimd_policy(&pool_id, &id).await?;
    let policy = policy.ok_or(Refusal::Cimd(CimdFault::Unknown))?;
    let present = tx.find_present_clients(&pool_id, [&policy.settings.client]).await?;
    let has_client = present.contains(&policy.settings.client);
    let cimd_policy = wire::cimd::to_cimd_policy_type(&pool_id, &policy, has_client)?;
    Ok(DescribeCimdPolicyOutput { cimd_policy })
}
