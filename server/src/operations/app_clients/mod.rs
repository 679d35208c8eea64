//! The operations on app clients and their secrets.

pub(super) mod add_user_pool_client_secret;
pub(super) mod create_user_pool_client;
pub(super) mod delete_user_pool_client;
pub(super) mod delete_user_pool_client_secret;
pub(super) mod describe_user_pool_client;
pub(super) mod list_user_pool_client_secrets;
pub(super) mod list_user_pool_clients;
pub(super) mod update_user_pool_client;

use lido_domain::{
    client::{Client, ClientSecret, settings::ClientSettings},
    id::ClientId,
    pool::Pool,
};
use serde_json::Value;

use super::{failure::Failure, transact::Tx};
use crate::wire::ConversionError;

/// Derives the rules of an app client from its settings, when it is created and when it is updated, and checks them. Reads
/// the resource servers that its custom scopes name.
pub(super) async fn derive(
    tx: &Tx<'_>,
    id: ClientId,
    secrets: Vec<ClientSecret>,
    pool: &Pool,
    settings: &Value,
) -> Result<Client, Failure> {
    let settings = ClientSettings::from_json(settings).map_err(ConversionError::from)?;
    let client = settings.derive(id, secrets);
    let servers = tx.find_resource_servers(&pool.id, &settings.resource_servers()).await?;
    settings.check(&client, pool, &servers)?;
    Ok(client)
}
