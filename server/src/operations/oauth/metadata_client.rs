//! Clients of the endpoints that name themselves by the address of a client ID metadata document.
//!
//! Which addresses a pool accepts, and what such a client may do, is in [`lido_domain::client::cimd`]. Its document is
//! fetched before the unit of work of a request ([`fetch_metadata`]), which reads only what is kept: no transaction
//! waits on the network.

use std::sync::Arc;

use lido_domain::{
    Verdict,
    client::cimd::{CimdPolicy, ClientMetadata, MAX_CIMD_POLICIES, is_address, to_client},
    flow::cimd,
    id::{ClientId, PoolId},
    pool::Feature,
};

use super::failure::log;
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, client::LoadedClient, transact::Tx},
    store::{ClientRecord, ClientWithPool, PoolRecord},
};

/// Fetches and keeps the document of a client that names itself by its address, unless it is kept already. If that
/// fails, the client does not exist for the request; the reason is in the log.
pub(crate) async fn fetch_metadata(app: &App, origin: &Origin, pool: Option<&PoolId>, id: &ClientId) {
    let Some(pool) = pool.filter(|_| is_address(id) && !app.settings.is_standby) else { return };
    if let Err(failure) = fetch(app, origin, pool, id.as_str()).await {
        log(failure);
    }
}

async fn fetch(app: &App, origin: &Origin, pool: &PoolId, url: &str) -> Result<(), Failure> {
    let request = RequestContext::new(app, origin);
    let tx = request.begin();
    let Some(policy) = find_policy(&tx, pool, url).await? else { return Ok(()) };
    let (_, _, kept) = tx.find_client_metadata(pool, &policy.id, url).await?;
    if kept.is_some_and(|kept| policy.is_valid(&kept, tx.now())) {
        return Ok(());
    }
    let document = match app.client_metadata.fetch(url).await {
        Ok(document) => document,
        Err(fault) => {
            tracing::warn!(%pool, url, %fault, "a client ID metadata document could not be fetched");
            return Ok(());
        }
    };
    let is_kept = request
        .transact(async |tx| {
            let (record, policy, count) = tx.find_cimd_policy_and_documents(pool, &policy.id).await?;
            let policy = policy.filter(|policy| record.is_some() && policy.matches(url));
            Ok(match policy {
                Some(policy) => cimd::keep(&policy, count, url.to_owned(), document.clone(), tx.now()),
                None => Verdict::accept(true),
            })
        })
        .await?;
    if !is_kept {
        tracing::warn!(%pool, url, "the pool keeps as many client ID metadata documents as it can have");
    }
    Ok(())
}

/// Returns the client that names itself by an address of this pool. `needs_document` is whether it is about a
/// sign-in; tokens that it has already are good while its document is being renewed.
pub(in crate::operations) async fn find_metadata_client(
    app: &App,
    tx: &Tx<'_>,
    pool: &PoolId,
    id: &ClientId,
    needs_document: bool,
) -> Result<Option<LoadedClient>, Failure> {
    let url = id.as_str();
    let Some(policy) = find_policy(tx, pool, url).await? else { return Ok(None) };
    let metadata = match needs_document {
        false => None,
        true => {
            let (_, _, kept) = tx.find_client_metadata(pool, &policy.id, url).await?;
            let kept = kept.filter(|kept| policy.is_valid(kept, tx.now()));
            let Some(metadata) = kept.and_then(|kept| ClientMetadata::read(&kept.document)) else {
                return Ok(None);
            };
            Some(metadata)
        }
    };
    let (Some(pool), Some(record), signing_keys) =
        tx.find_pool_and_client(pool, &policy.settings.client).await?
    else {
        return Ok(None);
    };
    let client = to_client(&record.client, url, metadata.as_ref());
    let client = Arc::new(ClientRecord { client, ..ClientRecord::clone(&record) });
    Ok(Some(LoadedClient::open(app, ClientWithPool { pool, client, signing_keys })?))
}

/// Returns the policy under which a client may name itself by this address: the first in the order of their ids.
/// There is none where the pool does not exist, or has a plan without policies by now.
async fn find_policy(tx: &Tx<'_>, pool: &PoolId, url: &str) -> Result<Option<CimdPolicy>, Failure> {
    let has_plan = |found: &PoolRecord| Feature::ClientMetadata.minimum_tier() <= found.pool.tier;
    if !tx.find_pool(pool).await?.is_some_and(|found| has_plan(&found)) {
        return Ok(None);
    }
    let policies = tx.list_cimd_policies(pool, None, MAX_CIMD_POLICIES).await?;
    Ok(policies.into_iter().find(|policy| policy.matches(url)))
}
