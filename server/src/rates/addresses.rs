//! The request rates of single addresses.
//!
//! Addresses are counted in a fixed number of buckets, by a keyed hash, so that a client with many addresses cannot fill the
//! memory. Two addresses share a bucket, and so its quota, with a probability of one in 65,536 for each other address that
//! is active; no client can choose an address that shares the bucket of another one.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};

use super::Elapsed;
use crate::surface::client_network;

/// The limiter of each bucket of addresses.
#[derive(Debug)]
pub(super) struct AddressLimiter {
    limiter: RateLimiter<u16, HashMapStateStore<u16>, Elapsed, NoOpMiddleware<Duration>>,
    key: RandomState,
}

impl AddressLimiter {
    /// Returns a limiter that allows each address this many requests per second.
    pub(super) fn new(quota: NonZeroU32, clock: Elapsed) -> Self {
        let limiter = RateLimiter::new(Quota::per_second(quota), HashMapStateStore::default(), clock);
        Self { limiter, key: RandomState::new() }
    }

    /// Counts a request, and returns whether it is within the quota of the address.
    pub(super) fn take(&self, address: IpAddr) -> bool {
        self.limiter.check_key(&self.bucket(address)).is_ok()
    }

    fn bucket(&self, address: IpAddr) -> u16 {
        let [low, high, ..] = self.key.hash_one(client_network(address)).to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::Timestamp;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn buckets_of_addresses_are_bounded_and_spread() {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
        let limiter = AddressLimiter::new(NonZeroU32::MIN, Elapsed(clock));
        let addresses = (0..200_000u32).map(|bits| IpAddr::from(bits.to_be_bytes()));
        assert!(addresses.filter(|address| limiter.take(*address)).count() > 50_000);
        assert!(limiter.limiter.len() <= 65_536, "{}", limiter.limiter.len());
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_000));
        let limiter = AddressLimiter::new(NonZeroU32::MIN, Elapsed(clock));
        let bucket = |text: &str| limiter.bucket(text.parse().expect("an address"));
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::2:3:4:5"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }
}
