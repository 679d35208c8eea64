//! ListUserPoolClients.

use lido_cognito_idp::{
    operations::{ListUserPoolClientsInput, ListUserPoolClientsOutput},
    types,
};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire::{
        self,
        page::{self, Pages},
    },
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUserPoolClientsInput,
) -> Result<ListUserPoolClientsOutput, Failure> {
    let app = request.app();
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["clients", pool.as_str()]);
    let tx = request.begin();
    tx.pool(&pool).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(ClientId::new);
    let clients = match input.client_type {
        // Clients that register themselves are not served, so there are none.
        Some(types::ClientTypeType::Dcr) => Vec::new(),
        Some(types::ClientTypeType::Regular) | None => {
            tx.list_clients(&pool, after.as_ref(), size + 1).await?
        }
    };
    let (clients, last) = page::cut(clients, size, |record| record.client.id.to_string());
    let told: Result<Vec<_>, _> =
        clients.iter().map(|record| wire::client::described(&pool, record)).collect();
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUserPoolClientsOutput { user_pool_clients: Some(told?), next_token })
}
