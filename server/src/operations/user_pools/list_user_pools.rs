//! Handles ListUserPools: returns a page of the user pools.

use lido_cognito_idp::operations::{ListUserPoolsInput, ListUserPoolsOutput};
use lido_domain::id::PoolId;

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUserPoolsInput,
) -> Result<ListUserPoolsOutput, Failure> {
    let app = request.app();
    let pages = Pages::of(app.keys.digests(), &["pools"]);
    let size = page::size(Some(*input.max_results));
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(PoolId::new);
    let pools = app.store.list_pools(after.as_ref(), size + 1).await?;
    let (pools, last) = page::cut(pools, size, |pool| pool.pool.id.to_string());
    let pools = pools.iter().map(|pool| wire::pool::to_user_pool_description(pool));
    let pools = pools.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUserPoolsOutput { user_pools: Some(pools), next_token })
}
