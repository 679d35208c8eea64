//! The app client of a request, as operations use it.

use std::sync::Arc;

use lido_domain::{
    client::Client,
    flow,
    id::PoolId,
    pool::{Pool, alias},
    secret::Secret,
};

use super::failure::Failure;
use crate::{
    app::App,
    keys::Keys,
    store::{Beside, Cause, ClientReading, ClientRecord, PoolRecord, SigningKeys, Subject, UserQuery},
    tokens::PoolKeys,
    triggers::EventContext,
};

/// The app client of a request with its pool and its secrets, opened. Cloning it is cheap.
#[derive(Clone, Debug)]
pub(super) struct LoadedClient {
    keys: Arc<Keys>,
    /// The pool.
    pub(super) pool: Arc<PoolRecord>,
    /// The app client.
    pub(super) record: Arc<ClientRecord>,
    secrets: Arc<[Secret]>,
    signing_keys: Option<SigningKeys>,
}

impl LoadedClient {
    /// Opens the secrets of an app client that was read.
    pub(super) fn open(app: &App, read: ClientReading) -> Result<Self, Failure> {
        let ClientReading { pool, client, signing_keys } = read;
        let secrets = app.keys.open_client_secrets(&pool.pool.id, &client.client)?.into();
        Ok(Self { keys: Arc::clone(&app.keys), pool, record: client, secrets, signing_keys })
    }

    /// The id of the pool.
    pub(super) fn pool_id(&self) -> &PoolId {
        &self.pool.pool.id
    }

    /// What decides of the pool.
    pub(super) fn pool(&self) -> &Pool {
        &self.pool.pool
    }

    /// What decides of the app client.
    pub(super) fn rules(&self) -> &Client {
        &self.record.client
    }

    /// As flows are handed it, with the secret hash of the request.
    pub(super) fn caller<'a>(&'a self, secret_hash: Option<&'a str>) -> flow::Caller<'a> {
        flow::Caller {
            pool: self.pool(),
            client: self.rules(),
            secrets: &self.secrets,
            secret_hash,
            digest_keys: self.keys.digests(),
        }
    }

    /// As triggers are told of it.
    pub(super) fn context<'a>(&'a self, cause: &'a Cause) -> EventContext<'a> {
        EventContext { pool: &self.pool, client: Some(&self.record.client.id), cause }
    }

    /// The keys that sign the tokens of the pool, opened; made if the pool has none yet.
    pub(super) async fn open_signing_keys(&self, app: &App) -> Result<Arc<PoolKeys>, Failure> {
        Ok(app.tokens.open(self.pool_id(), self.signing_keys.as_ref()).await?)
    }
}

/// Whom a public request names, with what lies beside: the records of a name that leads to no user lie under its
/// simulated sub.
pub(super) fn query(caller: &flow::Caller<'_>, typed: &str, beside: Vec<Beside>) -> UserQuery {
    UserQuery {
        subject: Subject::Named(alias::candidates(caller.pool, typed)),
        beside,
        otherwise: Some(caller.simulated_sub(typed)),
        sessions: Vec::new(),
    }
}
