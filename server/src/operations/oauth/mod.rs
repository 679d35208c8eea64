//! The requests of the OAuth 2.0 endpoints as units of work. They are no operations of the API; [`crate::oauth`] has the
//! endpoints themselves.
//!
//! The rules are in [`lido_domain::flow::oauth`] and, for the sign-in and the renewal of tokens, those of InitiateAuth.

pub(crate) mod accounts;
pub(crate) mod authorize;
mod failure;
pub(crate) mod logout;
pub(crate) mod looks;
pub(crate) mod metadata_client;
mod page_refusal;
pub(crate) mod remembered;
pub(crate) mod revoke;
pub(crate) mod sign_in;
pub(crate) mod token;
pub(crate) mod user_info;

use std::collections::BTreeSet;

use lido_domain::{
    client::cimd::is_address,
    id::{ClientId, PoolId, ResourceServerId},
    pool::resource_server::{MAX_RESOURCE_SERVERS, scopes_of, servers_of},
    scope::Scopes,
};

use self::metadata_client::find_metadata_client;
pub(crate) use self::{
    failure::{TokenFailure, UserInfoFailure},
    page_refusal::{FormPart, PageReason, PageRefusal},
};
use super::{client::LoadedClient, failure::Failure, transact::Tx};
use crate::{app::App, tokens::Tokens};

/// Returns an app client, unless the endpoint belongs to another pool than the app client.
async fn find_client(
    app: &App,
    tx: &Tx<'_>,
    pool: Option<&PoolId>,
    id: &ClientId,
) -> Result<Option<LoadedClient>, Failure> {
    if is_address(id) {
        return match pool {
            Some(pool) => find_metadata_client(app, tx, pool, id, true).await,
            // At the root nothing says which pool it is.
            None => Ok(None),
        };
    }
    let read = tx.find_client_and_keys(id).await?;
    let read = read.filter(|read| pool.is_none_or(|pool| read.pool.pool.id == *pool));
    read.map(|read| LoadedClient::open(app, read)).transpose()
}

/// Returns the app client to which a token says that it was issued, unless the endpoint belongs to another pool.
pub(in crate::operations) async fn find_client_of_token(
    app: &App,
    tx: &Tx<'_>,
    pool: Option<&PoolId>,
    token: &str,
    id: &ClientId,
) -> Result<Option<LoadedClient>, Failure> {
    if !is_address(id) {
        return find_client(app, tx, pool, id).await;
    }
    // The same address may be a client of several pools: the issuer says of which. The keys of that pool verify the token.
    let named = Tokens::unverified_pool_id(token);
    match named.filter(|named| pool.is_none_or(|pool| pool == named)) {
        Some(pool) => find_metadata_client(app, tx, &pool, id, false).await,
        None => Ok(None),
    }
}

/// Returns those of some scopes that resource servers of the pool have.
///
/// A pool has a limited number of resource servers. If more are named, one of them does not exist, so that no more of them
/// need to be looked up to refuse the request.
pub(in crate::operations) async fn find_custom_scopes(
    tx: &Tx<'_>,
    pool: &PoolId,
    scopes: &Scopes,
) -> Result<BTreeSet<String>, Failure> {
    let mut ids: Vec<ResourceServerId> = servers_of(scopes.iter()).into_iter().collect();
    ids.truncate(MAX_RESOURCE_SERVERS + 1);
    let servers = tx.find_resource_servers(pool, &ids).await?;
    let existing = scopes_of(&servers);
    Ok(scopes.iter().filter(|name| existing.contains(*name)).map(str::to_owned).collect())
}
