//! A store with somebody between it and the server: who makes racers meet, or lets it fail.
//!
//! What is kept is kept by the real store; nothing here answers in its place.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use lido::{
    app::App,
    delivery::{Inbox, Transports},
    entropy::Entropy,
    store::{
        Answer, Backend, Commit, Found, Key, Kind, Lookup, Record, Scope, Store, StoreError, Stored,
        memory::MemoryBackend, sqlite::SqliteBackend,
    },
};
use lido_domain::{Timestamp, id::PoolId, pool::Pool};
use tempfile::TempDir;

/// A store that does what its meddler wants before every verb.
#[derive(Clone, Debug)]
pub(crate) struct InterceptedStore {
    inner: Arc<dyn Backend>,
    interceptor: Arc<Interceptor>,
}

/// A call of the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trip {
    Read,
    Commit,
}

/// What a test asks for, and what it may look at afterwards.
#[derive(Debug)]
pub(crate) struct Interceptor {
    /// Whether every verb fails as if the disk were gone.
    pub(crate) fails: AtomicBool,
    /// How many commits met somebody else's.
    pub(crate) conflicts: AtomicUsize,
    /// The calls of the backend that requests wait for, in their order.
    pub(crate) trips: Mutex<Vec<Trip>>,
    /// Whether the others go first now and then, so that racers meet at every step of their way.
    hesitates: bool,
    dice: Entropy,
}

impl Interceptor {
    fn note(&self, trip: Trip) {
        self.trips.lock().expect("no panic").push(trip);
    }

    /// The calls since the last look.
    pub(crate) fn take_trips(&self) -> Vec<Trip> {
        std::mem::take(&mut self.trips.lock().expect("no panic"))
    }
}

impl InterceptedStore {
    fn new(inner: Arc<dyn Backend>, hesitates: bool) -> Self {
        let (fails, conflicts, trips) = Default::default();
        let dice = Entropy::fake(7);
        let interceptor = Interceptor { fails, conflicts, trips, hesitates, dice };
        Self { inner, interceptor: Arc::new(interceptor) }
    }

    /// In memory, and hesitating.
    pub(crate) fn in_memory() -> Self {
        Self::new(Arc::new(MemoryBackend::default()), true)
    }

    /// In a SQLite file, and hesitating. Keep the folder as long as the store.
    pub(crate) fn in_sqlite() -> (Self, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let backend = SqliteBackend::open(&folder.path().join("lido.db")).expect("opens");
        (Self::new(Arc::new(backend), true), folder)
    }

    /// In memory, and in nobody's way until it is told to fail.
    pub(crate) fn failing_on_demand() -> Self {
        Self::new(Arc::new(MemoryBackend::default()), false)
    }

    /// In memory, and counting only.
    pub(crate) fn counting() -> Self {
        Self::new(Arc::new(MemoryBackend::default()), false)
    }

    pub(crate) fn interceptor(&self) -> Arc<Interceptor> {
        Arc::clone(&self.interceptor)
    }

    /// The app for tests on this store, with its own inbox.
    pub(crate) fn app(&self) -> App {
        let App { clock, entropy, keys, triggers, settings, .. } = App::for_tests();
        let transports = Transports::inbox(Inbox::new());
        App::new(Store::new(self.clone()), clock, entropy, keys, transports, triggers, settings)
    }

    /// A pool, without a meddler.
    pub(crate) async fn pool(&self, id: &PoolId) -> Pool {
        match self.look(id, Lookup::Key { key: Key::pool(), known: None }).await {
            Answer::One(Found::Record(stored)) => match stored.record {
                Record::Pool(record) => record.pool.clone(),
                other => panic!("no pool: {other:?}"),
            },
            other => panic!("no pool: {other:?}"),
        }
    }

    /// What lies in a pool under this kind, without a meddler.
    pub(crate) async fn all(&self, pool: &PoolId, kind: Kind) -> Vec<Stored> {
        let (prefix, after) = (String::new(), String::new());
        match self.look(pool, Lookup::List { kind, prefix, after, limit: usize::MAX }).await {
            Answer::Many(all) => all,
            other => panic!("no list: {other:?}"),
        }
    }

    async fn look(&self, pool: &PoolId, lookup: Lookup) -> Answer {
        let read = self.inner.read(&Scope::Pool(pool.clone()), &[lookup]).await.expect("read");
        read.expect("a pool").1.pop().expect("an answer")
    }

    async fn meet(&self) -> Result<(), StoreError> {
        if self.interceptor.fails.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("the disk is gone".into()));
        }
        if self.interceptor.hesitates {
            let [dice] = self.interceptor.dice.bytes().expect("bytes");
            for _ in 0..dice % 4 {
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Backend for InterceptedStore {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<Answer>)>, StoreError> {
        self.meet().await?;
        self.interceptor.note(Trip::Read);
        self.inner.read(scope, lookups).await
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.meet().await?;
        self.interceptor.note(Trip::Read);
        self.inner.list_pools(after, limit).await
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        self.meet().await?;
        self.inner.due(kind, until, limit).await
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        self.meet().await?;
        self.interceptor.note(Trip::Commit);
        let done = self.inner.commit(pool, commit).await;
        if done == Err(StoreError::Conflict) {
            self.interceptor.conflicts.fetch_add(1, Ordering::Relaxed);
        }
        done
    }

    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.meet().await?;
        self.inner.sweep_deleted(limit).await
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        self.meet().await?;
        self.inner.check_health().await
    }
}
