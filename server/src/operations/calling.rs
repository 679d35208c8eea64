//! Who calls: the app client of a public operation, or nobody but an administrator.

use std::sync::Arc;

use lido_domain::{
    Refusal,
    code::Purpose,
    flow,
    id::{ClientId, GroupName, PoolId},
    pool::alias,
    secret::Secret,
    user::{attempt::Act, group::Group},
};

use super::failure::Failure;
use crate::{
    app::App,
    store::{Beside, Caller, Cause, PoolRecord, Read, UserQuery},
    triggers::EventContext,
};

/// The app client of a public request with its pool and its secrets, opened.
#[derive(Debug)]
pub(super) struct Calling<'a> {
    app: &'a App,
    secrets: Vec<Secret>,
    /// What was read.
    pub(super) read: Read<Caller>,
}

impl<'a> Calling<'a> {
    /// Finds it, or refuses the id.
    pub(super) async fn find(app: &'a App, client: &ClientId) -> Result<Self, Failure> {
        let read = app.store.find_caller(client).await?;
        let read = read.ok_or_else(|| Refusal::UnknownClient(client.clone()))?;
        let secrets = app.keys.open_client_secrets(&read.value.pool.pool.id, &read.value.client.client)?;
        Ok(Self { app, secrets, read })
    }

    /// Finds it in the pool that an administrator names, or refuses the pool or the id.
    pub(super) async fn find_in(
        app: &'a App,
        pool: Option<&PoolId>,
        client: &ClientId,
    ) -> Result<Self, Failure> {
        let Some(pool) = pool else { return Self::find(app, client).await };
        get_pool(app, pool).await?;
        let calling = Self::find(app, client).await?;
        if calling.read.value.pool.pool.id == *pool {
            Ok(calling)
        } else {
            Err(Refusal::UnknownClient(client.clone()).into())
        }
    }

    /// As the rules see it.
    pub(super) fn caller<'b>(&'b self, secret_hash: Option<&'b str>) -> flow::Caller<'b> {
        flow::Caller {
            pool: &self.read.value.pool.pool,
            client: &self.read.value.client.client,
            secrets: &self.secrets,
            secret_hash,
            digest_keys: self.app.keys.digests(),
        }
    }

    /// As events tell it.
    pub(super) fn context<'b>(&'b self, cause: &'b Cause) -> EventContext<'b> {
        let Caller { pool, client } = &self.read.value;
        EventContext { pool, client: Some(&client.client.id), cause }
    }
}

/// The pool that an administrator names, or a refusal.
pub(super) async fn get_pool(app: &App, id: &PoolId) -> Result<Read<Arc<PoolRecord>>, Failure> {
    Ok(app.store.read_pool(id).await?.ok_or_else(|| Refusal::UnknownPool(id.clone()))?)
}

/// The group that an administrator names, or a refusal.
pub(super) async fn get_group(app: &App, pool: &PoolId, name: &GroupName) -> Result<Read<Group>, Failure> {
    Ok(app.store.read_group(pool, name).await?.ok_or(Refusal::UnknownGroup)?)
}

/// Whom a public request means, with the code pending for `purpose` and the attempts at `act`: those of a name that
/// names nobody lie under its simulated sub.
pub(super) fn query(caller: &flow::Caller<'_>, typed: &str, purpose: Purpose, act: Act) -> UserQuery {
    UserQuery {
        candidates: alias::candidates(caller.pool, typed),
        beside: vec![Beside::Code(purpose), Beside::Attempts(act)],
        otherwise: Some(caller.simulated_sub(typed)),
    }
}

/// Whom an administrator's request means.
pub(super) fn admin_query(pool: &PoolRecord, typed: &str) -> UserQuery {
    UserQuery { candidates: alias::candidates(&pool.pool, typed), beside: Vec::new(), otherwise: None }
}
