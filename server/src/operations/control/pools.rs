//! Lists pools and app clients, and removes pools with everything in them.

use std::sync::Arc;

use lido_domain::{
    flow::account::delete_user,
    id::{ClientId, PoolId},
    record::{ClientRecord, PoolRecord},
};

use super::{ControlError, Page, PageRequest, page::list_error};
use crate::{
    app::App,
    operations::{Failure, Operation, Origin, standby, transact::RequestContext},
};

/// The users that are deleted in one commit, and the pools that are read at once.
const CHUNK: usize = 100;

/// Returns a page of the pools, in the order of their ids.
///
/// # Errors
/// The token is none of this list, or a fault of the store.
pub async fn list_pools(app: &App, page: &PageRequest) -> Result<Page<Arc<PoolRecord>>, ControlError> {
    let list = ["control", "pools"];
    let read = async {
        let after = page.after(app, &list)?.map(PoolId::new);
        Ok::<_, Failure>(app.store.list_pools(after.as_ref(), page.size + 1).await?)
    };
    let pools = read.await.map_err(list_error)?;
    Ok(page.cut(app, &list, pools, |pool| pool.name.len(), |pool| pool.pool.id.to_string()))
}

/// Returns a page of the app clients of a pool, in the order of their ids.
///
/// # Errors
/// `UnknownPool`, the token is none of this list, or a fault of the store.
pub async fn list_clients(
    app: &App,
    pool: &PoolId,
    page: &PageRequest,
) -> Result<Page<Arc<ClientRecord>>, ControlError> {
    let list = ["control", "clients", pool.as_str()];
    let read = async {
        let after = page.after(app, &list)?.map(ClientId::new);
        let origin = Origin::default();
        let tx = RequestContext::new(app, &origin).begin();
        tx.get_pool(pool).await?;
        Ok::<_, Failure>(tx.list_clients(pool, after.as_ref(), page.size + 1).await?)
    };
    let clients = read.await.map_err(list_error)?;
    Ok(page.cut(app, &list, clients, |client| client.name.len(), |client| client.client.id.to_string()))
}

/// Removes a pool with everything in it, also if its deletion protection is active.
///
/// # Errors
/// `UnknownPool`, this server is a standby, or a fault of the store.
pub async fn delete_pool(app: &App, pool: &PoolId) -> Result<(), ControlError> {
    let origin = Origin::default();
    let delete = async {
        standby::check(app, Operation::DeleteUserPool)?;
        let request = RequestContext::new(app, &origin);
        request.transact(async |tx| Ok(tx.get_pool(pool).await?.discard())).await
    };
    delete.await.map_err(|failure| ControlError::of(Operation::DeleteUserPool, failure))
}

/// Removes all pools, and returns their number.
///
/// # Errors
/// This server is a standby, or a fault of the store.
pub async fn delete_all_pools(app: &App) -> Result<usize, ControlError> {
    let mut deleted = 0;
    loop {
        let listed = app.store.list_pools(None, CHUNK).await.map_err(|error| list_error(error.into()))?;
        if listed.is_empty() {
            return Ok(deleted);
        }
        for pool in listed {
            match delete_pool(app, &pool.pool.id).await {
                // Another request has deleted it.
                Err(ControlError::UnknownPool) => {}
                outcome => {
                    outcome?;
                    deleted += 1;
                }
            }
        }
    }
}

/// Deletes all users of a pool, as AdminDeleteUser deletes one, and returns their number.
///
/// # Errors
/// `UnknownPool`, this server is a standby, or a fault of the store.
pub async fn delete_users(app: &App, pool: &PoolId) -> Result<usize, ControlError> {
    let origin = Origin::default();
    let delete = async {
        standby::check(app, Operation::AdminDeleteUser)?;
        let mut deleted = 0;
        loop {
            let request = RequestContext::new(app, &origin);
            let chunk = request.transact(async |tx| {
                let record = tx.get_pool(pool).await?;
                let users = tx.list_users(pool, None, CHUNK).await?;
                Ok(delete_user::delete_all(&record.pool, &users))
            });
            match chunk.await? {
                0 => return Ok(deleted),
                count => deleted += count,
            }
        }
    };
    delete.await.map_err(|failure| ControlError::of(Operation::AdminDeleteUser, failure))
}
