//! Handles UpdateClientMetadataURLState: removes the document of an address, or fetches it again.
//!
//! The rules are in [`lido_domain::flow::cimd`]. The document is fetched between two reads: no transaction waits on
//! the network.

use lido_cognito_idp::{
    operations::{UpdateClientMetadataUrlStateInput, UpdateClientMetadataUrlStateOutput},
    types::CimdCacheActionType,
};
use lido_domain::{
    Refusal,
    client::cimd::{CachedMetadata, CimdPolicy},
    flow::cimd,
    id::{CimdPolicyId, PoolId},
    refusal::CimdFault,
};

use crate::operations::{Failure, RequestContext, transact::Tx};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateClientMetadataUrlStateInput,
) -> Result<UpdateClientMetadataUrlStateOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = CimdPolicyId::new(input.cimd_policy_id.into_inner());
    let url = input.url.into_inner();
    match input.action {
        CimdCacheActionType::Invalidate => {
            request
                .transact(async |tx| {
                    let (_, kept) = get_kept(&tx, &pool_id, &id, &url).await?;
                    Ok(cimd::invalidate(kept))
                })
                .await?;
        }
        CimdCacheActionType::Refresh => {
            get_kept(&request.begin(), &pool_id, &id, &url).await?;
            let document = app.client_metadata.fetch(&url).await.map_err(|fault| {
                tracing::warn!(%pool_id, url, %fault, "a client ID metadata document could not be fetched");
                Refusal::Cimd(CimdFault::NotFetched)
            })?;
            request
                .transact(async |tx| {
                    let (policy, _) = get_kept(&tx, &pool_id, &id, &url).await?;
                    Ok(cimd::refresh(&policy, url.clone(), document.clone(), tx.now()))
                })
                .await?;
        }
    }
    Ok(UpdateClientMetadataUrlStateOutput {})
}

/// Returns the policy, and the document that is kept under it.
async fn get_kept(
    tx: &Tx<'_>,
    pool: &PoolId,
    id: &CimdPolicyId,
    url: &str,
) -> Result<(CimdPolicy, CachedMetadata), Failure> {
    let (record, policy, kept) = tx.get_client_metadata(pool, id, url).await?;
    Ok(cimd::check_kept(&record.pool, policy, kept, tx.now())?)
}
