//! The request rates of single addresses.
//!
//! Addresses are counted in a fixed number of buckets, by a keyed hash, so that a client with many addresses cannot fill the
//! memory. Two addresses share a bucket, and so its quota, with a probability of one in 65,536 for each other address that
//! is active; no client can choose an address that shares the bucket of another one. Servers that share the buckets have
//! one key for the hash.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};

use super::{
    Elapsed, PER_ADDRESS,
    shared::{SharedBucket, SharedStore},
};
use crate::{clock::Clock, surface::client_network};

/// The limiter of each bucket of addresses.
#[derive(Debug)]
pub(super) enum AddressLimiter {
    /// Of this server alone.
    Local {
        limiter: RateLimiter<u16, HashMapStateStore<u16>, Elapsed, NoOpMiddleware<Duration>>,
        key: RandomState,
    },
    /// Of all servers of a store.
    Shared {
        store: SharedStore,
        quota: NonZeroU32,
        clock: Clock,
        buckets: Mutex<HashMap<u16, Arc<SharedBucket>>>,
    },
}

impl AddressLimiter {
    /// Returns a limiter that allows each address this many requests per second. Without a store it is of this server alone.
    pub(super) fn new(quota: NonZeroU32, clock: &Clock, store: Option<&SharedStore>) -> Self {
        match store {
            None => {
                let store = HashMapStateStore::default();
                let limiter = RateLimiter::new(Quota::per_second(quota), store, Elapsed(clock.clone()));
                Self::Local { limiter, key: RandomState::new() }
            }
            Some(store) => {
                Self::Shared { store: store.clone(), quota, clock: clock.clone(), buckets: Mutex::default() }
            }
        }
    }

    /// Counts a request, and returns whether it is within the quota of the address.
    pub(super) async fn take(&self, address: IpAddr) -> bool {
        let number = self.bucket(address);
        match self {
            Self::Local { limiter, .. } => limiter.check_key(&number).is_ok(),
            Self::Shared { store, quota, clock, buckets } => {
                let bucket = {
                    let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
                    let new = || {
                        let name = format!("{PER_ADDRESS}/{number}");
                        Arc::new(SharedBucket::new(store, name, *quota, clock))
                    };
                    Arc::clone(buckets.entry(number).or_insert_with(new))
                };
                bucket.take().await
            }
        }
    }

    fn bucket(&self, address: IpAddr) -> u16 {
        let address = client_network(address);
        match self {
            Self::Local { key, .. } => {
                let [low, high, ..] = key.hash_one(address).to_le_bytes();
                u16::from_le_bytes([low, high])
            }
            Self::Shared { store, .. } => {
                let digest = store.keys.digests().digest(&["rate-limit-address", &address.to_string()]);
                let [low, high, ..] = *digest.as_bytes();
                u16::from_le_bytes([low, high])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::Timestamp;

    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn buckets_of_addresses_are_bounded_and_spread() {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
        let limiter = AddressLimiter::new(NonZeroU32::MIN, &clock, None);
        let addresses = (0..200_000u32).map(|bits| IpAddr::from(bits.to_be_bytes()));
        let mut served = 0;
        for address in addresses {
            served += u32::from(limiter.take(address).await);
        }
        assert!(served > 50_000, "{served}");
        let AddressLimiter::Local { limiter, .. } = limiter else { panic!("of this server alone") };
        assert!(limiter.len() <= 65_536, "{}", limiter.len());
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
        let limiter = AddressLimiter::new(NonZeroU32::MIN, &clock, None);
        let bucket = |text: &str| limiter.bucket(text.parse().expect("an address"));
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::2:3:4:5"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }
}
