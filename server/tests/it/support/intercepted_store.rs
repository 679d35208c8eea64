//! A store whose backend calls a test can delay, fail or count. The data itself is in a real backend: in memory, SQLite or
//! PostgreSQL.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use lido::{
    app::App,
    clock::Clock,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    store::{
        Backend, Commit, Key, KeyResult, Kind, Lookup, LookupResult, Record, Scope, Store, StoreError,
        StoreRecord, Stored, Version, VersionedStoreRecord, Write,
        memory::MemoryBackend,
        postgres::{PostgresBackend, PostgresLimits},
        sqlite::SqliteBackend,
    },
};
use lido_domain::{Timestamp, id::PoolId, pool::Pool};
use tempfile::TempDir;

use crate::postgres_cluster::Cluster;

/// A storage backend that passes every call on to another, after its [`Interceptor`].
#[derive(Clone, Debug)]
pub(crate) struct InterceptedStore {
    inner: Arc<dyn Backend>,
    interceptor: Arc<Interceptor>,
}

/// A call of the backend that a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackendCall {
    Read,
    Commit,
}

/// The part of an [`InterceptedStore`] that a test controls and inspects.
#[derive(Debug)]
pub(crate) struct Interceptor {
    /// Whether every call fails with [`StoreError::Unavailable`].
    pub(crate) fails: AtomicBool,
    /// Whether every write fails with [`StoreError::Unavailable`], as on a full disk.
    pub(crate) refuses_writes: AtomicBool,
    /// How many times the store was asked whether it can write.
    pub(crate) probes: AtomicUsize,
    /// How many commits failed with [`StoreError::Conflict`].
    pub(crate) conflicts: AtomicUsize,
    /// How long a commit takes after it has happened, in milliseconds.
    pub(crate) pause_after_commit: AtomicU64,
    /// How many rows the commits have written.
    pub(crate) rows: AtomicUsize,
    /// The most rows that one commit has written or removed.
    pub(crate) largest_commit: AtomicUsize,
    /// The calls since [`Interceptor::take_calls`], in order.
    pub(crate) calls: Mutex<Vec<BackendCall>>,
    /// Whether a call yields to other tasks a random number of times first, so that concurrent requests interleave in
    /// every order.
    yields: bool,
    entropy: Entropy,
}

impl Interceptor {
    fn record(&self, call: BackendCall) {
        self.calls.lock().expect("no panic").push(call);
    }

    /// Returns the calls since the last time, and forgets them.
    pub(crate) fn take_calls(&self) -> Vec<BackendCall> {
        std::mem::take(&mut self.calls.lock().expect("no panic"))
    }
}

impl InterceptedStore {
    fn new(inner: Arc<dyn Backend>, yields: bool) -> Self {
        let (fails, refuses_writes, probes, conflicts, pause_after_commit, rows, largest_commit, calls) =
            Default::default();
        let entropy = Entropy::fake(7);
        let interceptor = Interceptor {
            fails,
            refuses_writes,
            probes,
            conflicts,
            pause_after_commit,
            rows,
            largest_commit,
            calls,
            yields,
            entropy,
        };
        Self { inner, interceptor: Arc::new(interceptor) }
    }

    /// Creates a store in memory whose calls yield to other tasks, for tests of concurrency.
    pub(crate) fn yielding_in_memory() -> Self {
        Self::new(Arc::new(MemoryBackend::default()), true)
    }

    /// Creates a store in a SQLite file whose calls yield to other tasks, for tests of concurrency.
    ///
    /// The folder is deleted when it is dropped, so it must be kept as long as the store.
    pub(crate) fn yielding_in_sqlite() -> (Self, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let backend = SqliteBackend::open(&folder.path().join("lido.db")).expect("an open database");
        (Self::new(Arc::new(backend), true), folder)
    }

    /// Creates a store in PostgreSQL whose calls yield to other tasks, for tests of concurrency, or returns `None` and says
    /// so where PostgreSQL is not installed.
    pub(crate) async fn yielding_in_postgres() -> Option<Self> {
        Some(Self::new(Arc::new(new_postgres_backend().await?), true))
    }

    /// Creates a store in memory that counts calls, and fails once [`Interceptor::fails`] is set.
    pub(crate) fn in_memory() -> Self {
        Self::new(Arc::new(MemoryBackend::default()), false)
    }

    /// Returns the interceptor, which stays with the test when the store goes to the server.
    pub(crate) fn interceptor(&self) -> Arc<Interceptor> {
        Arc::clone(&self.interceptor)
    }

    /// Returns the application state of [`App::for_tests`] on this store, with an inbox of its own.
    pub(crate) fn app(&self) -> App {
        self.app_with_clock(App::for_tests().clock)
    }

    /// Returns the same with another clock.
    pub(crate) fn app_with_clock(&self, clock: Clock) -> App {
        let App { entropy, keys, triggers, settings, .. } = App::for_tests();
        let transports = Transports::inbox(Inbox::new());
        App::new(Store::new(self.clone()), clock, entropy, keys, transports, triggers, settings)
    }

    /// Returns a pool, past the interceptor.
    pub(crate) async fn get_pool(&self, id: &PoolId) -> Pool {
        match self.read_past_interceptor(id, Lookup::Key { key: Key::pool(), known: None }).await {
            LookupResult::Key(KeyResult::Record(stored)) => match stored.record {
                Record::Pool(record) => record.pool.clone(),
                other => panic!("no pool: {other:?}"),
            },
            other => panic!("no pool: {other:?}"),
        }
    }

    /// Returns all records of a kind in a pool, past the interceptor.
    pub(crate) async fn list_records(&self, pool: &PoolId, kind: Kind) -> Vec<Stored> {
        let (prefix, after) = (String::new(), String::new());
        match self.read_past_interceptor(pool, Lookup::List { kind, prefix, after, limit: usize::MAX }).await
        {
            LookupResult::Many(all) => all,
            other => panic!("no list: {other:?}"),
        }
    }

    async fn count_by_prefix(&self, pool: &PoolId, kind: Kind, prefix: &str) -> usize {
        let (prefix, after) = (prefix.to_owned(), String::new());
        let list = Lookup::List { kind, prefix, after, limit: usize::MAX };
        let read = self.inner.read(&Scope::Pool(pool.clone()), &[list]).await.expect("read");
        match read.and_then(|(_, mut answers)| answers.pop()) {
            Some(LookupResult::Many(all)) => all.len(),
            _ => 0,
        }
    }

    async fn read_past_interceptor(&self, pool: &PoolId, lookup: Lookup) -> LookupResult {
        let read = self.inner.read(&Scope::Pool(pool.clone()), &[lookup]).await.expect("read");
        read.expect("a pool").1.pop().expect("an answer")
    }

    async fn intercept(&self) -> Result<(), StoreError> {
        if self.interceptor.fails.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("the disk is gone".into()));
        }
        if self.interceptor.yields {
            let [byte] = self.interceptor.entropy.bytes().expect("bytes");
            for _ in 0..byte % 4 {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

impl InterceptedStore {
    async fn intercept_write(&self) -> Result<(), StoreError> {
        if self.interceptor.refuses_writes.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("database or disk is full".into()));
        }
        self.intercept().await
    }
}

/// Creates a store in a schema of its own, or returns `None` and says so where PostgreSQL is not installed.
pub(crate) async fn new_postgres_backend() -> Option<PostgresBackend> {
    let url = Cluster::shared()?.new_schema().parse().expect("a URL");
    // Few connections, so that requests queue for them; on a busy machine they may queue for long.
    let patience = Duration::from_secs(120);
    let limits = PostgresLimits { connections: 8, timeout: patience, wait: patience };
    Some(PostgresBackend::open(&url, limits, false).await.expect("an open database"))
}

#[async_trait]
impl Backend for InterceptedStore {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        self.intercept().await?;
        self.interceptor.record(BackendCall::Read);
        self.inner.read(scope, lookups).await
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.intercept().await?;
        self.interceptor.record(BackendCall::Read);
        self.inner.list_pools(after, limit).await
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        self.intercept().await?;
        self.inner.due(kind, until, limit).await
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        self.intercept_write().await?;
        let rows = commit.writes.iter().filter(|write| matches!(write, Write::Put(..))).count();
        self.interceptor.rows.fetch_add(rows, Ordering::Relaxed);
        let mut size = commit.writes.len();
        for write in &commit.writes {
            if let Write::RemoveByPrefix(kind, prefix) = write {
                size += self.count_by_prefix(pool, *kind, prefix).await;
            }
        }
        self.interceptor.largest_commit.fetch_max(size, Ordering::Relaxed);
        let result = self.inner.commit(pool, commit).await;
        self.interceptor.record(BackendCall::Commit);
        match self.interceptor.pause_after_commit.load(Ordering::Relaxed) {
            0 => {}
            millis => tokio::time::sleep(Duration::from_millis(millis)).await,
        }
        if result == Err(StoreError::Conflict) {
            self.interceptor.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        result
    }

    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.intercept_write().await?;
        self.inner.sweep_expired(kind, until, limit).await
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.intercept_write().await?;
        self.inner.sweep_deleted(limit).await
    }

    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        self.intercept().await?;
        self.inner.store_record().await
    }

    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        self.intercept_write().await?;
        self.inner.put_store_record(expected, version, record).await
    }

    async fn probe_write(&self) -> Result<(), StoreError> {
        self.interceptor.probes.fetch_add(1, Ordering::Relaxed);
        self.intercept_write().await?;
        self.inner.probe_write().await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.intercept().await?;
        self.inner.check_health().await
    }
}
