//! App clients of a user pool, and their secrets.

pub(super) mod add_user_pool_client_secret;
pub(super) mod create_user_pool_client;
pub(super) mod delete_user_pool_client;
pub(super) mod delete_user_pool_client_secret;
pub(super) mod describe_user_pool_client;
pub(super) mod list_user_pool_client_secrets;
pub(super) mod list_user_pool_clients;
pub(super) mod update_user_pool_client;

use std::sync::Arc;

use lido_domain::{
    Refusal,
    id::{ClientId, PoolId},
};

use super::{calling, failure::Failure};
use crate::{
    app::App,
    store::{ClientRecord, PoolRecord, Read},
};

/// A pool and one of its clients, or a refusal.
async fn get_client(
    app: &App,
    pool: &PoolId,
    id: &ClientId,
) -> Result<(Read<Arc<PoolRecord>>, Read<Arc<ClientRecord>>), Failure> {
    let read = calling::get_pool(app, pool).await?;
    let client = app.store.read_client(pool, id).await?;
    Ok((read, client.ok_or_else(|| Refusal::UnknownClient(id.clone()))?))
}
