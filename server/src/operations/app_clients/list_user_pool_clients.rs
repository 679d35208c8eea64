//! ListUserPoolClients.

use lido_cognito_idp::operations::{ListUserPoolClientsInput, ListUserPoolClientsOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure},
    wire::{self, page},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListUserPoolClientsInput,
) -> Result<ListUserPoolClientsOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let list = format!("clients:{pool}");
    calling::get_pool(app, &pool).await?;
    let size = page::size(input.max_results.as_deref().copied());
    let after = page::after(&list, input.next_token.as_deref().map(String::as_str))?.map(ClientId::new);
    let clients = app.store.list_clients(&pool, after.as_ref(), size + 1).await?;
    let (clients, last) = page::cut(clients, size, |record| record.client.id.to_string());
    let told: Result<Vec<_>, _> =
        clients.iter().map(|record| wire::client::described(&pool, record)).collect();
    let next_token = last.map(|last| page::token(&list, &last).try_into()).transpose()?;
    Ok(ListUserPoolClientsOutput { user_pool_clients: Some(told?), next_token })
}
