//! The app client of a request, with its pool and its secrets.
//!
//! The *rules* of a pool or an app client are the values that the domain decides by. They are derived from its
//! settings.

use std::sync::Arc;

use lido_domain::{
    client::{Client, secret_hash::secret_hash},
    flow,
    id::PoolId,
    pool::{Pool, alias},
    secret::Secret,
};

use super::failure::Failure;
use crate::{
    app::App,
    keys::Keys,
    store::{
        ClientRecord, ClientWithPool, PoolRecord, RelatedRecord, RequestInfo, SigningKeys, UserQuery,
        UserSelector,
    },
    tokens::PoolKeys,
    triggers::EventContext,
};

/// An app client with its pool and its decrypted secrets. Cloning it is cheap.
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
    /// Decrypts the secrets of an app client that was read.
    pub(super) fn open(app: &App, read: ClientWithPool) -> Result<Self, Failure> {
        let ClientWithPool { pool, client, signing_keys } = read;
        let secrets = app.keys.open_client_secrets(&pool.pool.id, &client.client)?.into();
        Ok(Self { keys: Arc::clone(&app.keys), pool, record: client, secrets, signing_keys })
    }

    /// Returns the id of the pool.
    pub(super) fn pool_id(&self) -> &PoolId {
        &self.pool.pool.id
    }

    /// Returns the rules of the pool.
    pub(super) fn pool_rules(&self) -> &Pool {
        &self.pool.pool
    }

    /// Returns the rules of the app client.
    pub(super) fn client_rules(&self) -> &Client {
        &self.record.client
    }

    /// Converts this to the caller of the domain's flows, with the secret hash of the request.
    pub(super) fn caller<'a>(&'a self, secret_hash: Option<&'a str>) -> flow::AppClientCaller<'a> {
        flow::AppClientCaller {
            pool: self.pool_rules(),
            client: self.client_rules(),
            secrets: &self.secrets,
            secret_hash,
            digest_keys: self.keys.digests(),
        }
    }

    /// Returns the query for the user with the username or alias `typed`; see [`user_query`].
    pub(super) fn user_query(&self, typed: &str, related: Vec<RelatedRecord>) -> UserQuery {
        user_query(&self.caller(None), typed, related)
    }

    /// Returns the secret hash that a page sends, if the app client has a secret. The page is this server's own, so that no
    /// app need prove itself.
    pub(super) fn own_secret_hash(&self, username: &str) -> Option<String> {
        self.secrets.first().map(|secret| secret_hash(&self.client_rules().id, secret, username))
    }

    /// Returns the context of a trigger event that this app client causes.
    pub(super) fn event_context<'a>(&'a self, info: &'a RequestInfo) -> EventContext<'a> {
        EventContext { pool: &self.pool, client: Some(&self.record.client.id), cause: info }
    }

    /// Returns the keys that sign the tokens of the pool; generates them if the pool has none yet.
    pub(super) async fn open_signing_keys(&self, app: &App) -> Result<Arc<PoolKeys>, Failure> {
        Ok(app.tokens.open(self.pool_id(), self.signing_keys.as_ref()).await?)
    }
}

/// Returns the query for the user with the username or alias `typed`.
///
/// If there is no such user, the records that `related` lists are read under the simulated sub of the name.
pub(super) fn user_query(
    caller: &flow::AppClientCaller<'_>,
    typed: &str,
    related: Vec<RelatedRecord>,
) -> UserQuery {
    UserQuery {
        subject: UserSelector::Named(alias::candidates(caller.pool, typed)),
        related,
        fallback: Some(caller.simulated_sub(typed)),
        sessions: Vec::new(),
    }
}
