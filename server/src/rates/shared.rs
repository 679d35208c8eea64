//! A bucket that several servers share: takes its tokens in batches ([`super::lease`]) from the store, and limits alone
//! while the store does not answer.

use std::{
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use governor::clock::Clock as _;

use super::{
    Elapsed,
    lease::{Lease, LeaseOutcome},
    limiter::{LocalLimiter, local_limiter},
};
use crate::{clock::Clock, keys::Keys, store::SharedBuckets};

/// The longest time that a request waits for tokens.
///
/// *Chosen*: with [`super::lease::LEASE`] it is half a second, by which tokens are used after they were taken at the latest.
const STORE_TIMEOUT: Duration = Duration::from_millis(300);

/// The time without asking after the store did not answer.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// A store with the buckets that several servers share.
#[derive(Clone, Debug)]
pub struct SharedStore {
    pub(super) buckets: Arc<dyn SharedBuckets>,
    pub(super) keys: Arc<Keys>,
    absence: Arc<Absence>,
}

impl SharedStore {
    /// Returns a store whose servers put addresses into buckets by a digest with these keys.
    pub fn new(buckets: Arc<dyn SharedBuckets>, keys: Arc<Keys>) -> Self {
        Self { buckets, keys, absence: Arc::default() }
    }
}

/// Until when the store counts as away, after it did not answer for one of its buckets. All buckets share it: the requests of
/// many addresses would otherwise wait for an absent store one after another.
#[derive(Debug, Default)]
struct Absence(Mutex<Option<Duration>>);

impl Absence {
    fn is_away(&self, now: Duration) -> bool {
        lock(&self.0).is_some_and(|until| now < until)
    }

    /// Returns whether a request may ask the store: any, unless it has been away; then one of all buckets in each interval.
    fn may_ask(&self, now: Duration) -> bool {
        let mut until = lock(&self.0);
        match *until {
            None => true,
            Some(end) if now < end => false,
            Some(_) => {
                *until = Some(now + RETRY_INTERVAL);
                true
            }
        }
    }

    /// Takes note of no answer, and returns whether it is the first one.
    fn begin(&self, now: Duration) -> bool {
        lock(&self.0).replace(now + RETRY_INTERVAL).is_none()
    }

    /// Takes note of an answer, and returns whether the store was away before.
    fn end(&self) -> bool {
        lock(&self.0).take().is_some()
    }
}

/// A bucket of the store, as this server uses it.
#[derive(Debug)]
pub(super) struct SharedBucket {
    store: SharedStore,
    name: String,
    per_second: NonZeroU32,
    clock: Elapsed,
    lease: Mutex<Lease>,
    /// Held by the request that asks the store. The others wait for its result.
    asking: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
    /// The limit of this server alone, while the store does not answer.
    alone: LocalLimiter,
}

impl SharedBucket {
    pub(super) fn new(store: &SharedStore, name: String, per_second: NonZeroU32, clock: &Clock) -> Self {
        Self {
            store: store.clone(),
            name,
            per_second,
            clock: Elapsed(clock.clone()),
            lease: Mutex::new(Lease::new(per_second.get())),
            asking: tokio::sync::Mutex::default(),
            waiting: AtomicU32::new(0),
            alone: local_limiter(per_second, clock),
        }
    }

    /// Counts a request, and returns whether it is within the limit.
    pub(super) async fn take(&self) -> bool {
        match self.take_leased(0) {
            LeaseOutcome::Granted => return true,
            LeaseOutcome::Refused => return false,
            LeaseOutcome::NeedsTokens(_) => {}
        }
        let waiting = Waiting::new(&self.waiting);
        let _asking = self.asking.lock().await;
        let others = waiting.others();
        drop(waiting);
        match self.take_leased(others) {
            LeaseOutcome::Granted => true,
            LeaseOutcome::Refused => false,
            LeaseOutcome::NeedsTokens(wanted) if self.store.absence.may_ask(self.clock.now()) => {
                self.ask(wanted).await
            }
            LeaseOutcome::NeedsTokens(_) => self.take_locally() == LeaseOutcome::Granted,
        }
    }

    /// Returns what a request may do, beside which others wait.
    fn take_leased(&self, waiting: u32) -> LeaseOutcome {
        let now = self.clock.now();
        if self.store.absence.is_away(now) {
            return self.take_locally();
        }
        lock(&self.lease).take(now, waiting)
    }

    fn take_locally(&self) -> LeaseOutcome {
        if self.alone.check().is_ok() { LeaseOutcome::Granted } else { LeaseOutcome::Refused }
    }

    /// Asks the store for tokens, and returns whether there is one for the request.
    async fn ask(&self, wanted: u32) -> bool {
        let asking = self.store.buckets.take(&self.name, self.per_second, wanted);
        let answer = tokio::time::timeout(STORE_TIMEOUT, asking).await;
        let now = self.clock.now();
        let reason = match answer {
            Ok(Ok(given)) => {
                if self.store.absence.end() {
                    tracing::info!(bucket = self.name, "request limits are shared with other servers again");
                }
                // In one step, so that no other request takes what this one has asked for.
                let mut lease = lock(&self.lease);
                lease.give(now, wanted, given);
                return lease.take(now, 0) == LeaseOutcome::Granted;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("the store did not answer within {STORE_TIMEOUT:?}"),
        };
        if self.store.absence.begin(now) {
            tracing::warn!(
                bucket = self.name,
                reason,
                "request limits are not shared now: this server limits its own requests"
            );
        }
        self.take_locally() == LeaseOutcome::Granted
    }
}

/// A request that waits for the answer to another one.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }

    /// Returns how many others wait.
    fn others(&self) -> u32 {
        self.0.load(Ordering::Relaxed).saturating_sub(1)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use lido_domain::Timestamp;

    use zeroize::Zeroizing;

    use super::*;
    use crate::{entropy::Entropy, store::StoreError};

    /// A store whose answers are set.
    #[derive(Debug)]
    struct SetAnswers {
        answer: Mutex<Result<u32, StoreError>>,
        asked: AtomicU32,
    }

    #[async_trait]
    impl SharedBuckets for SetAnswers {
        async fn take(&self, _: &str, _: NonZeroU32, wanted: u32) -> Result<u32, StoreError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            // Others come to wait meanwhile.
            tokio::task::yield_now().await;
            lock(&self.answer).clone().map(|given| given.min(wanted))
        }
    }

    fn bucket(answer: Result<u32, StoreError>) -> (Arc<SharedBucket>, Arc<SetAnswers>, Clock) {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
        let store = Arc::new(SetAnswers { answer: Mutex::new(answer), asked: AtomicU32::new(0) });
        let per_second = NonZeroU32::new(10).expect("not 0");
        let bucket = SharedBucket::new(&shared(&store), "x".to_owned(), per_second, &clock);
        (Arc::new(bucket), store, clock)
    }

    fn shared(store: &Arc<SetAnswers>) -> SharedStore {
        let keys = Keys::new(Zeroizing::new([1; 32]), Vec::new(), Entropy::fake(1));
        SharedStore::new(Arc::<SetAnswers>::clone(store), Arc::new(keys))
    }

    async fn taken(bucket: &SharedBucket) -> usize {
        let mut taken = 0;
        for _ in 0..100 {
            taken += usize::from(bucket.take().await);
        }
        taken
    }

    #[tokio::test]
    async fn requests_that_wait_are_served_by_one_answer() {
        let (bucket, store, _) = bucket(Ok(100));
        let requests: Vec<_> = (0..9)
            .map(|_| {
                let bucket = Arc::clone(&bucket);
                tokio::spawn(async move { bucket.take().await })
            })
            .collect();
        for request in requests {
            assert!(request.await.expect("no panic"));
        }
        assert!(store.asked.load(Ordering::Relaxed) <= 2, "{store:?}");
        assert_eq!(bucket.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn server_limits_alone_while_the_store_is_away() {
        let (bucket, store, clock) = bucket(Err(StoreError::Unavailable("away".to_owned())));
        assert_eq!(taken(&bucket).await, 10, "the quota, of this server alone");
        assert_eq!(store.asked.load(Ordering::Relaxed), 1, "it is left alone for a second");
        clock.advance(RETRY_INTERVAL);
        assert_eq!(taken(&bucket).await, 10);
        assert_eq!(store.asked.load(Ordering::Relaxed), 2);
        // When it is back, its answer counts again.
        *lock(&store.answer) = Ok(0);
        clock.advance(RETRY_INTERVAL);
        assert_eq!(taken(&bucket).await, 0);
    }

    #[tokio::test]
    async fn absent_store_is_asked_once_for_all_buckets() {
        let (_, store, clock) = bucket(Err(StoreError::Unavailable("away".to_owned())));
        let (shared, quota) = (shared(&store), NonZeroU32::MIN);
        let buckets: Vec<_> = (0..50)
            .map(|number| Arc::new(SharedBucket::new(&shared, number.to_string(), quota, &clock)))
            .collect();
        for asked in 1..4 {
            for bucket in &buckets {
                assert!(bucket.take().await, "within the quota of this server alone");
            }
            assert_eq!(store.asked.load(Ordering::Relaxed), asked);
            clock.advance(RETRY_INTERVAL);
        }
        // Requests that come at once, when the interval is over.
        let requests: Vec<_> = buckets
            .iter()
            .map(|bucket| {
                let bucket = Arc::clone(bucket);
                tokio::spawn(async move { bucket.take().await })
            })
            .collect();
        for request in requests {
            assert!(request.await.expect("no panic"));
        }
        assert_eq!(store.asked.load(Ordering::Relaxed), 4);
        // When it is back, one bucket finds that out for all.
        *lock(&store.answer) = Ok(0);
        clock.advance(RETRY_INTERVAL);
        for bucket in &buckets {
            assert!(!bucket.take().await);
        }
    }

    #[tokio::test]
    async fn empty_bucket_is_not_asked_for_each_request() {
        let (bucket, store, _) = bucket(Ok(0));
        assert_eq!(taken(&bucket).await, 0);
        assert_eq!(store.asked.load(Ordering::Relaxed), 1);
    }
}
