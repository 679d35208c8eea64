//! Handles DeleteCIMDPolicy: deletes a policy with the documents that were fetched under it.
//!
//! The rules are in [`lido_domain::flow::cimd`].

use lido_cognito_idp::operations::{DeleteCimdPolicyInput, DeleteCimdPolicyOutput};
use lido_domain::{
    flow::cimd,
    id::{CimdPolicyId, PoolId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteCimdPolicyInput,
) -> Result<DeleteCimdPolicyOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = CimdPolicyId::new(input.cimd_policy_id.into_inner());
    request
        .transact(async |tx| Ok(cimd::delete(tx.get_pool_and_cimd_policy(&pool_id, &id).await?.1.as_ref())))
        .await?;
    Ok(DeleteCimdPolicyOutput {})
}
