//! Request-rate limits: the most requests per second that this process serves in each category of operations.
//!
//! `governor` limits the rates: a category may use its quota at once, and regains it evenly over the second. `table`
//! has the categories of the operations. [`crate::api`] counts requests after it has verified their signatures, and the
//! confirmation page counts its requests as ConfirmSignUp.

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

/// The quota of each category in requests per second. A category without a quota is not limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas(Vec<Option<NonZeroU32>>);

/// The documented quotas.
impl Default for Quotas {
    fn default() -> Self {
        Self(CATEGORIES.iter().map(|category| NonZeroU32::new(category.per_second)).collect())
    }
}

/// Parses `on`, for the documented quotas, optionally with changes: `on,UserCreation=100,UserList=off`.
impl FromStr for Quotas {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut quotas = Self::default();
        let mut words = text.split(',').map(str::trim);
        if words.next() != Some("on") {
            return Err(
                "request limits must be off, on, or on with changes: on,UserCreation=100,UserList=off".into(),
            );
        }
        for word in words {
            quotas.change(word)?;
        }
        Ok(quotas)
    }
}

/// Returns the names of the categories of operations.
pub fn category_names() -> impl Iterator<Item = &'static str> {
    CATEGORIES.iter().map(|category| category.name)
}

impl Quotas {
    fn change(&mut self, word: &str) -> Result<(), String> {
        let (name, quota) = word.split_once('=').unwrap_or((word, ""));
        let place = CATEGORIES.iter().zip(&mut self.0).find(|(category, _)| category.name == name);
        let Some((_, place)) = place else {
            let names: Vec<&str> = category_names().collect();
            return Err(format!(
                "{name} is not a category of operations; the categories are {}",
                names.join(", ")
            ));
        };
        *place = match quota {
            "off" => None,
            number => Some(number.parse().map_err(|_| {
                format!("{name} must be off or a number of requests per second from 1: {name}=100")
            })?),
        };
        Ok(())
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>;

/// The limiters of all categories, with their state.
#[derive(Debug)]
pub struct Rates {
    /// The limiter of each category. A category without one is not limited.
    limiters: Vec<Option<Limiter>>,
    /// The limiter of the responses to challenges.
    challenges: Option<Limiter>,
    /// The category of each operation, by the operation's index.
    categories: Vec<Option<OperationCategory>>,
}

/// The category in which an operation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OperationCategory {
    /// The index of the category.
    category: usize,
    /// Whether the operation uses the quota of challenges first.
    is_challenge: bool,
}

/// The elapsed time of the server's clock, as a clock of `governor`.
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
        let category_of = |operation: &Operation| {
            let is_challenge = CHALLENGES.operations.contains(operation);
            let own = || CATEGORIES.iter().position(|category| category.operations.contains(operation));
            let category = if is_challenge { beyond } else { own() }?;
            Some(OperationCategory { category, is_challenge })
        };
        Self {
            limiters: quotas.0.iter().map(|quota| quota.map(limiter)).collect(),
            challenges: of_challenges.map(|quota| limiter(quota.saturating_mul(times))),
            categories: Operation::ALL.iter().map(category_of).collect(),
        }
    }

    /// Counts a request, and returns whether it is within the limit.
    pub(crate) fn take(&self, operation: Operation) -> bool {
        let Some(Some(counted)) = self.categories.get(operation.index()) else { return true };
        let has_room =
            |limiter: &Option<Limiter>| limiter.as_ref().is_none_or(|limiter| limiter.check().is_ok());
        if counted.is_challenge && has_room(&self.challenges) {
            return true;
        }
        self.limiters.get(counted.category).is_none_or(has_room)
    }
}

#[cfg(test)]
mod tests;
