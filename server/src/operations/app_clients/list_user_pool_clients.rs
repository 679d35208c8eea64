//! Handles ListUserPoolClients: returns a page of the app clients of a user pool.

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
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let pages = Pages::of(app.keys.digests(), &["clients", pool_id.as_str()]);
    let tx = request.begin();
    tx.get_pool(&pool_id).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = pages.after(input.next_token.as_deref().map(String::as_str))?.map(ClientId::new);
    let clients = match input.client_type {
        // Dynamic client registration is not served, so there are no such clients.
        Some(types::ClientTypeType::Dcr) => Vec::new(),
        Some(types::ClientTypeType::Regular) | None => {
            tx.list_clients(&pool_id, after.as_ref(), size + 1).await?
        }
    };
    let (clients, last) = page::cut(clients, size, |record| record.client.id.to_string());
    let clients =
        clients.iter().map(|record| wire::client::to_user_pool_client_description(&pool_id, record));
    let clients = clients.collect::<Result<_, _>>()?;
    let next_token = last.map(|last| pages.token(&last).try_into()).transpose()?;
    Ok(ListUserPoolClientsOutput { user_pool_clients: Some(clients), next_token })
}
