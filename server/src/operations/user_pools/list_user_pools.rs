//! Handles ListUserPools: returns a page of the user pools in the Region of the caller.

use std::sync::Arc;

use lido_cognito_idp::operations::{ListUserPoolsInput, ListUserPoolsOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Failure, RequestContext},
    store::{PoolRecord, StoreError},
    wire::{
        self,
        page::{self, MAX_PAGE_SIZE, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUserPoolsInput,
) -> Result<ListUserPoolsOutput, Failure> {
    let app = request.app();
    let region = request.region();
    let pages = Pages::of(app.keys.digests(), &["pools", region.unwrap_or_default()]);
    let size = page::size(Some(*input.max_results));
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(PoolId::new);
    let pools = list_pools(app, region, after, size + 1).await?;
    let (pools, last) = page::cut(pools, size, |pool| pool.pool.id.to_string());
    let pools = pools.iter().map(|pool| wire::pool::to_user_pool_description(pool));
    let pools = pools.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUserPoolsOutput { user_pools: Some(pools), next_token })
}

/// Returns at least `limit` pools of a Region after the pool `after`, if there are so many.
///
/// The store lists the pools of all Regions together, because a store with pools of several Regions is rare.
async fn list_pools(
    app: &App,
    region: Option<&str>,
    mut after: Option<PoolId>,
    limit: usize,
) -> Result<Vec<Arc<PoolRecord>>, StoreError> {
    let (mut found, mut size) = (Vec::new(), limit);
    loop {
        let read = app.store.list_pools(after.as_ref(), size).await?;
        let is_last = read.len() < size;
        after = read.last().map(|pool| pool.pool.id.clone()).or(after);
        found.extend(read.into_iter().filter(|pool| region.is_none_or(|region| pool.pool.id.is_in(region))));
        if is_last || found.len() >= limit {
            return Ok(found);
        }
        size = limit.max(MAX_PAGE_SIZE);
    }
}
