//! The store of the servers that tests start: in memory, or with `LIDO_TEST_STORE=postgres` a schema of its own in
//! PostgreSQL, so that every test of an operation, and so every fact that one shows, can be run on both.

use async_trait::async_trait;
use lido::{
    app::App,
    store::{
        Backend, Commit, Kind, Lookup, LookupResult, Scope, Store, StoreError, StoreRecord, Stored, Version,
        VersionedStoreRecord,
        postgres::{PostgresBackend, PostgresLimits, PostgresUrl},
    },
};
use lido_domain::{Timestamp, id::PoolId};
use tokio::sync::OnceCell;

use crate::postgres_cluster::Cluster;

/// Returns the application state of [`App::for_tests`] on the store that `LIDO_TEST_STORE` names.
///
/// # Panics
///
/// If it names another store, or PostgreSQL is not installed.
pub(crate) fn app() -> App {
    match std::env::var("LIDO_TEST_STORE").as_deref() {
        Err(_) | Ok("memory") => App::for_tests(),
        Ok("postgres") => {
            let cluster = Cluster::shared().expect("PostgreSQL, which LIDO_TEST_STORE names");
            let url = cluster.new_schema().parse().expect("a URL");
            App::for_tests_on(Store::new(NewSchema { url, backend: OnceCell::new() }))
        }
        Ok(other) => panic!("LIDO_TEST_STORE must be memory or postgres, not {other}"),
    }
}

/// A backend in a new schema, which is opened when it is first used: a test has no runtime yet when it makes an app.
#[derive(Debug)]
struct NewSchema {
    url: PostgresUrl,
    backend: OnceCell<PostgresBackend>,
}

impl NewSchema {
    async fn backend(&self) -> &PostgresBackend {
        // Few connections, since many tests run at once.
        let limits = PostgresLimits { connections: 4, ..PostgresLimits::default() };
        let open = || async { PostgresBackend::open(&self.url, limits, false).await.expect("opens") };
        self.backend.get_or_init(open).await
    }
}

#[async_trait]
impl Backend for NewSchema {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        self.backend().await.read(scope, lookups).await
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.backend().await.list_pools(after, limit).await
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        self.backend().await.due(kind, until, limit).await
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        self.backend().await.commit(pool, commit).await
    }

    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.backend().await.sweep_expired(kind, until, limit).await
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.backend().await.sweep_deleted(limit).await
    }

    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        self.backend().await.store_record().await
    }

    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        self.backend().await.put_store_record(expected, version, record).await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.backend().await.check_health().await
    }

    async fn probe_write(&self) -> Result<(), StoreError> {
        self.backend().await.probe_write().await
    }
}
