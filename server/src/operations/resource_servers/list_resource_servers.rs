//! Handles ListResourceServers: returns a page of the resource servers of a user pool.

use lido_cognito_idp::operations::{ListResourceServersInput, ListResourceServersOutput};
use lido_domain::id::{PoolId, ResourceServerId};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListResourceServersInput,
) -> Result<ListResourceServersOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["resource servers", pool_id.as_str()]);
    let tx = request.begin();
    tx.get_pool(&pool_id).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(ResourceServerId::new);
    let servers = tx.list_resource_servers(&pool_id, after.as_ref(), size + 1).await?;
    let (servers, last) = page::cut(servers, size, |server| server.id.to_string());
    let resource_servers = servers
        .iter()
        .map(|server| wire::resource_server::to_resource_server_type(&pool_id, server))
        .collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListResourceServersOutput { resource_servers, next_token })
}
