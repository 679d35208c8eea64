//! The limiter of one bucket: of this server alone, or shared with others.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};

use super::{Elapsed, shared::SharedBucket};
use crate::clock::Clock;

/// A limiter in memory.
pub(super) type LocalLimiter = RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>;

/// Returns a limiter in memory, which allows so many requests per second.
pub(super) fn local_limiter(quota: NonZeroU32, clock: &Clock) -> LocalLimiter {
    RateLimiter::direct_with_clock(Quota::per_second(quota), Elapsed(clock.clone()))
}

/// A limiter.
#[derive(Debug)]
pub(super) enum Limiter {
    Local(LocalLimiter),
    Shared(Box<SharedBucket>),
}

impl Limiter {
    /// Counts a request, and returns whether it is within the limit.
    pub(super) async fn take(&self) -> bool {
        match self {
            Limiter::Local(limiter) => limiter.check().is_ok(),
            Limiter::Shared(bucket) => bucket.take().await,
        }
    }
}
