//! Request-rate limits: how many requests of a category of operations this process serves per second.
//!
//! The limiter is `governor`'s: a category may use its quota at once and gets it back evenly. The categories of the
//! operations are in `table`. A request without a good signature is refused before and so not counted. Who counts is
//! [`crate::api`], and the confirmation page for the operation behind it.

mod table;

use std::{num::NonZeroU32, str::FromStr, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock as Instants,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use lido_runtime::Operation as _;

use self::table::{CATEGORIES, CHALLENGES};
use crate::{clock::Clock, operations::Operation};

/// The quota of each category in requests per second; a category without one is not limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas(Vec<Option<NonZeroU32>>);

/// The documented quotas.
impl Default for Quotas {
    fn default() -> Self {
        Self(CATEGORIES.iter().map(|category| NonZeroU32::new(category.per_second)).collect())
    }
}

/// `on` for the documented quotas, and any of them changed: `on,UserCreation=100,UserList=off`.
impl FromStr for Quotas {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut quotas = Self::default();
        let mut words = text.split(',').map(str::trim);
        if words.next() != Some("on") {
            return Err(
                "request limits are off, on, or on with changes: on,UserCreation=100,UserList=off".into()
            );
        }
        for word in words {
            quotas.change(word)?;
        }
        Ok(quotas)
    }
}

impl Quotas {
    fn change(&mut self, word: &str) -> Result<(), String> {
        let (name, quota) = word.split_once('=').unwrap_or((word, ""));
        let place = CATEGORIES.iter().zip(&mut self.0).find(|(category, _)| category.name == name);
        let Some((_, place)) = place else {
            let names: Vec<&str> = CATEGORIES.iter().map(|category| category.name).collect();
            return Err(format!("{name} is no category of operations; there are {}", names.join(", ")));
        };
        *place = match quota {
            "off" => None,
            number => Some(number.parse().map_err(|_| {
                format!("{name} takes a number of requests per second from 1 on, or off: {name}=100")
            })?),
        };
        Ok(())
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>;

/// The limits, and how much of them is used.
#[derive(Debug)]
pub struct Rates {
    /// The limiter of each category; a category without one is not limited.
    limiters: Vec<Option<Limiter>>,
    challenges: Option<Limiter>,
    /// Where each operation is counted, by its index.
    places: Vec<Option<Place>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    /// Index of the category.
    category: usize,
    /// Whether the operation has the quota for challenges first.
    is_challenge: bool,
}

/// The time that has passed on the server's clock, as the limiter needs it.
#[derive(Clone, Debug)]
struct Elapsed(Clock);

impl Instants for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Rates {
    /// Returns limits of these quotas on this clock.
    pub fn new(quotas: &Quotas, clock: &Clock) -> Self {
        let limiter = |quota: NonZeroU32| {
            RateLimiter::direct_with_clock(Quota::per_second(quota), Elapsed(clock.clone()))
        };
        let beyond = CATEGORIES.iter().position(|category| category.name == CHALLENGES.beyond);
        let of_challenges = beyond.and_then(|index| *quotas.0.get(index)?);
        let times = NonZeroU32::new(CHALLENGES.times).unwrap_or(NonZeroU32::MIN);
        let place = |operation: &Operation| {
            let is_challenge = CHALLENGES.operations.contains(operation);
            let own = || CATEGORIES.iter().position(|category| category.operations.contains(operation));
            let category = if is_challenge { beyond } else { own() }?;
            Some(Place { category, is_challenge })
        };
        Self {
            limiters: quotas.0.iter().map(|quota| quota.map(limiter)).collect(),
            challenges: of_challenges.map(|quota| limiter(quota.saturating_mul(times))),
            places: Operation::ALL.iter().map(place).collect(),
        }
    }

    /// Counts a request, and returns whether it is within the limit.
    pub(crate) fn take(&self, operation: Operation) -> bool {
        let Some(Some(place)) = self.places.get(operation.index()) else { return true };
        let has_room =
            |limiter: &Option<Limiter>| limiter.as_ref().is_none_or(|limiter| limiter.check().is_ok());
        if place.is_challenge && has_room(&self.challenges) {
            return true;
        }
        self.limiters.get(place.category).is_none_or(has_room)
    }
}

#[cfg(test)]
mod tests;
