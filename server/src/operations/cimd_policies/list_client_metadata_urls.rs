//! Handles ListClientMetadataURLs: returns a page of the addresses whose documents are kept under a policy.

use lido_cognito_idp::operations::{ListClientMetadataUrLsInput, ListClientMetadataUrLsOutput};
use lido_domain::{
    Refusal,
    id::{CimdPolicyId, PoolId},
    refusal::CimdFault,
};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListClientMetadataUrLsInput,
) -> Result<ListClientMetadataUrLsOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = CimdPolicyId::new(input.cimd_policy_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["client metadata", pool_id.as_str(), id.as_str()]);
    let tx = request.begin();
    let (_, policy) = tx.get_pool_and_cimd_policy(&pool_id, &id).await?;
    let policy = policy.ok_or(Refusal::Cimd(CimdFault::Unknown))?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?;
    let kept = tx.list_client_metadata(&pool_id, &id, after.as_deref(), size + 1).await?;
    let now = tx.now();
    let (mut kept, last) = page::cut(kept, size, |kept| kept.url.clone());
    // A document that is not valid any more may still be there; a page may so have fewer addresses than its size.
    kept.retain(|kept| policy.is_valid(kept, now));
    let client_metadata_urls =
        kept.iter().map(wire::cimd::to_client_metadata_url_type).collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListClientMetadataUrLsOutput { client_metadata_urls, next_token })
}
