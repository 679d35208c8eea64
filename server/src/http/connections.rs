//! The open connections: how many there may be, in all and from one address, and which ones give way to new ones.
//!
//! A connection waits for its client until a request has arrived completely, and again when its response is written. At
//! a limit the connections that wait give way: first those of the address that has the most, and among them the one
//! that has waited longest. One whose request is being served never does, so new connections may have to wait
//! themselves. [`super::connection`] opens and serves connections; the timeouts are in [`super::timeout_stream`].

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ipnet::IpNet;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

use crate::{metrics::ConnectionMetrics, surface::client_network};

/// How long a new connection waits for a free place before it looks again for one that gives way.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The share of the connections that give way at once, so that not every new one searches all others.
const EVICTION_SHARE: usize = 256;

/// The shortest time between two warnings of one kind.
const WARNING_INTERVAL: Duration = Duration::from_secs(10);

/// All open connections. Share it in an [`Arc`].
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    permits: Arc<Semaphore>,
    per_address: Option<NonZeroUsize>,
    /// The proxies, whose connections are those of many clients.
    exempt: Vec<IpNet>,
    started: Instant,
    open: Mutex<OpenConnections>,
    full: Warning,
    refused: Warning,
    metrics: ConnectionMetrics,
}

#[derive(Debug, Default)]
struct OpenConnections {
    next_id: u64,
    by_id: HashMap<u64, Arc<Waiting>>,
    per_address: HashMap<IpAddr, usize>,
}

/// An open connection. It counts until its last owner, the connection or a request, drops it.
#[derive(Debug)]
pub(super) struct OpenConnection {
    id: u64,
    pub(super) waiting: Arc<Waiting>,
    all: Arc<Connections>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.all.lock().remove(self.id);
        self.all.metrics.close();
    }
}

impl Connections {
    /// Returns the registry of at most `limit` connections, of which at most `per_address` are from one address that is
    /// not in `exempt`.
    pub(super) fn new(limit: usize, per_address: Option<NonZeroUsize>, exempt: Vec<IpNet>) -> Self {
        Self {
            limit,
            permits: Arc::new(Semaphore::new(limit)),
            per_address,
            exempt,
            started: Instant::now(),
            open: Mutex::default(),
            full: Warning::default(),
            refused: Warning::default(),
            metrics: ConnectionMetrics::default(),
        }
    }

    /// Returns the registry with these metrics.
    pub(super) fn measured(self, metrics: ConnectionMetrics) -> Self {
        Self { metrics, ..self }
    }

    /// Counts a new connection of `address`, as soon as there is room for it.
    ///
    /// Returns `None` if its address has too many connections that cannot give way. Then it must be closed.
    pub(super) async fn open(self: &Arc<Self>, address: IpAddr) -> Option<OpenConnection> {
        let is_exempt = self.exempt.iter().any(|range| range.contains(&address.to_canonical()));
        let address = client_network(address);
        if !is_exempt && !self.has_room_for(address) {
            self.metrics.refuse();
            if let Some(count) = self.refused.is_due() {
                tracing::warn!(
                    %address, count,
                    "connections are refused: their address has as many as --max-connections-per-address allows"
                );
            }
            return None;
        }
        let permit = self.permit().await?;
        let waiting = Arc::new(Waiting::new(self.started, address));
        let id = self.lock().insert(Arc::clone(&waiting));
        self.metrics.open();
        Some(OpenConnection { id, waiting, all: Arc::clone(self), _permit: permit })
    }

    /// Waits until no connection is open.
    pub(super) async fn all_closed(&self) {
        let all = u32::try_from(self.limit).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let _ = self.permits.acquire_many(all).await;
    }

    /// Returns whether one more connection of an address is allowed, after one of its own has given way if necessary.
    fn has_room_for(&self, address: IpAddr) -> bool {
        let Some(limit) = self.per_address else { return true };
        let mut open = self.lock();
        let count = open.per_address.get(&address).copied().unwrap_or_default();
        if count < limit.get() {
            return true;
        }
        let evicted = open.evict(1, |waiting| waiting.address == address);
        self.metrics.evict(evicted);
        evicted > 0
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        let mut is_first = true;
        loop {
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                return Some(permit);
            }
            let evicted = self.lock().evict(self.limit.div_ceil(EVICTION_SHARE), |_| true);
            self.metrics.evict(evicted);
            if is_first && let Some(count) = self.full.is_due() {
                tracing::warn!(
                    limit = self.limit,
                    evicted,
                    count,
                    "all connections are in use: those that wait longest for their client are closed"
                );
            }
            is_first = false;
            // The semaphore is never closed.
            if let Ok(permit) = timeout(LOOK_AGAIN, Arc::clone(&self.permits).acquire_owned()).await {
                return permit.ok();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, OpenConnections> {
        // No method leaves it inconsistent.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenConnections {
    fn insert(&mut self, waiting: Arc<Waiting>) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        *self.per_address.entry(waiting.address).or_default() += 1;
        self.by_id.insert(id, waiting);
        id
    }

    fn remove(&mut self, id: u64) {
        let Some(waiting) = self.by_id.remove(&id) else { return };
        if let Some(count) = self.per_address.get_mut(&waiting.address) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&waiting.address);
            }
        }
    }

    /// Closes up to `count` connections that wait and that `is_candidate` selects. Returns how many there were.
    fn evict(&mut self, count: usize, is_candidate: impl Fn(&Waiting) -> bool) -> usize {
        let of_address =
            |waiting: &Waiting| self.per_address.get(&waiting.address).copied().unwrap_or_default();
        let mut candidates: Vec<(usize, u64, u64)> = self
            .by_id
            .iter()
            .filter(|(_, waiting)| is_candidate(waiting))
            .filter_map(|(id, waiting)| Some((usize::MAX - of_address(waiting), waiting.since()?, *id)))
            .collect();
        candidates.sort_unstable();
        let mut evicted = 0;
        for (_, since, id) in candidates {
            if evicted == count {
                break;
            }
            if self.by_id.get(&id).is_some_and(|waiting| waiting.evict(since)) {
                self.remove(id);
                evicted += 1;
            }
        }
        evicted
    }
}

/// Whether, and since when, a connection waits for its client.
#[derive(Debug)]
pub(super) struct Waiting {
    address: IpAddr,
    epoch: Instant,
    /// The time since `epoch` in microseconds, or one of the two constants below.
    since: AtomicU64,
    evicted: Notify,
}

impl Waiting {
    /// The state of a connection whose request is being served.
    const SERVING: u64 = u64::MAX;
    /// The state of a connection that has given way.
    const EVICTED: u64 = u64::MAX - 1;

    fn new(epoch: Instant, address: IpAddr) -> Self {
        let waiting = Self { address, epoch, since: AtomicU64::new(0), evicted: Notify::new() };
        waiting.since.store(waiting.now(), Ordering::Relaxed);
        waiting
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or_default()
    }

    fn since(&self) -> Option<u64> {
        match self.since.load(Ordering::Relaxed) {
            Self::SERVING | Self::EVICTED => None,
            since => Some(since),
        }
    }

    /// Notes that the connection waits from now on: its client has begun a request, or has got a response.
    pub(super) fn restart(&self) {
        let now = self.now();
        let _ = self.since.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |since| {
            (since != Self::EVICTED).then_some(now)
        });
    }

    /// Notes that a request has arrived completely. Returns `false` if the connection has given way before; then the
    /// request must not be served.
    pub(super) fn end(&self) -> bool {
        let ended = self.since.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |since| {
            (since != Self::EVICTED).then_some(Self::SERVING)
        });
        ended.is_ok()
    }

    fn evict(&self, since: u64) -> bool {
        let evicted = self.since.compare_exchange(since, Self::EVICTED, Ordering::Relaxed, Ordering::Relaxed);
        if evicted.is_ok() {
            self.evicted.notify_one();
        }
        evicted.is_ok()
    }

    /// Completes when the connection must give way. One task may wait for it.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

/// A warning that is logged once in a while, with how often it occurred.
#[derive(Debug, Default)]
struct Warning(Mutex<(Option<Instant>, u64)>);

impl Warning {
    /// Counts one occurrence. Returns how often it occurred since the last warning, if another one is due.
    fn is_due(&self) -> Option<u64> {
        self.is_due_at(Instant::now())
    }

    fn is_due_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, count) = &mut *state;
        *count += 1;
        if last.is_some_and(|last| now.saturating_duration_since(last) < WARNING_INTERVAL) {
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(count))
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
