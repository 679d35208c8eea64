//! Handles ListCIMDPolicies: returns a page of the policies of a user pool.

use lido_cognito_idp::operations::{ListCimdPoliciesInput, ListCimdPoliciesOutput};
use lido_domain::id::{CimdPolicyId, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListCimdPoliciesInput,
) -> Result<ListCimdPoliciesOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["cimd policies", pool_id.as_str()]);
    let tx = request.begin();
    tx.get_pool(&pool_id).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(CimdPolicyId::new);
    let policies = tx.list_cimd_policies(&pool_id, after.as_ref(), size + 1).await?;
    let (policies, last) = page::cut(policies, size, |policy| policy.id.to_string());
    let clients = policies.iter().map(|policy| &policy.settings.client);
    let present = tx.find_present_clients(&pool_id, clients).await?;
    let cimd_policies = policies
        .iter()
        .map(|policy| {
            wire::cimd::to_cimd_policy_summary_type(policy, present.contains(&policy.settings.client))
        })
        .collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListCimdPoliciesOutput { cimd_policies, next_token })
}
