//! Request-rate limits: the most requests per second that this process serves in each category of operations.
//!
//! `governor` limits the rates: a category may use its quota at once, and regains it evenly over the second. `table`
//! has the categories of the operations. Strangers share the quota of a category with signed callers, who have a reserve
//! beside it; and each address may have a quota of its own (`addresses`). [`crate::api`] counts requests after it has
//! verified their signatures, and the confirmation page counts its requests as ConfirmSignUp.

mod addresses;
mod table;

use std::{net::IpAddr, num::NonZeroU32, str::FromStr, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock as Instants,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use lido_runtime::{Auth, Operation as _};

use self::{
    addresses::AddressLimiter,
    table::{CATEGORIES, CHALLENGES, Category},
};
use crate::{clock::Clock, operations::Operation};

/// The name of the quota of each address, among those of categories.
const PER_ADDRESS: &str = "PerAddress";

/// The part of a category's quota that signed callers have beside it, as a divisor. *Chosen*: half of it, so that an
/// administrator can work while strangers use up the quota of the category.
const RESERVE_DIVISOR: u32 = 2;

/// The quotas in requests per second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// The quota of each category. A category without a quota is not limited.
    categories: Vec<Option<NonZeroU32>>,
    /// The quota of each address for public operations. Off until it is set, because all clients behind a proxy that is not
    /// trusted have one address.
    per_address: Option<NonZeroU32>,
}

/// The documented quotas.
impl Default for Quotas {
    fn default() -> Self {
        let categories = CATEGORIES.iter().map(|category| NonZeroU32::new(category.per_second)).collect();
        Self { categories, per_address: None }
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
        let place = match name {
            PER_ADDRESS => Some(&mut self.per_address),
            _ => {
                let mut places = CATEGORIES.iter().zip(&mut self.categories);
                places.find(|(category, _)| category.name == name).map(|(_, place)| place)
            }
        };
        let Some(place) = place else {
            let names: Vec<&str> = category_names().collect();
            return Err(format!(
                "{name} is not a category of operations; the categories are {}, and {PER_ADDRESS} is each address",
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
    /// The limiter of signed requests beyond the quota of each category that strangers share.
    reserves: Vec<Option<Limiter>>,
    /// The limiters of addresses.
    addresses: Option<AddressLimiter>,
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
        let of_challenges = beyond.and_then(|index| *quotas.categories.get(index)?);
        let is_public = |operation: &Operation| operation.auth() == Auth::None;
        let reserve_of = |(category, quota): (&Category, &Option<NonZeroU32>)| match quota {
            Some(quota) if category.operations.iter().any(is_public) => {
                Some(limiter(NonZeroU32::new(quota.get() / RESERVE_DIVISOR).unwrap_or(NonZeroU32::MIN)))
            }
            _ => None,
        };
        let times = NonZeroU32::new(CHALLENGES.times).unwrap_or(NonZeroU32::MIN);
        let category_of = |operation: &Operation| {
            let is_challenge = CHALLENGES.operations.contains(operation);
            let own = || CATEGORIES.iter().position(|category| category.operations.contains(operation));
            let category = if is_challenge { beyond } else { own() }?;
            Some(OperationCategory { category, is_challenge })
        };
        Self {
            limiters: quotas.categories.iter().map(|quota| quota.map(limiter)).collect(),
            reserves: CATEGORIES.iter().zip(&quotas.categories).map(reserve_of).collect(),
            addresses: quotas.per_address.map(|quota| AddressLimiter::new(quota, Elapsed(clock.clone()))),
            challenges: of_challenges.map(|quota| limiter(quota.saturating_mul(times))),
            categories: Operation::ALL.iter().map(category_of).collect(),
        }
    }

    /// Counts a request of a client at `address` for an endpoint beside the API, and returns whether it is within the limits
    /// of this category, which strangers share.
    pub(crate) fn take_in(&self, category: &str, address: IpAddr) -> bool {
        if self.addresses.as_ref().is_some_and(|addresses| !addresses.take(address)) {
            return false;
        }
        let found = CATEGORIES.iter().zip(&self.limiters).find(|(known, _)| known.name == category);
        let limiter = found.and_then(|(_, limiter)| limiter.as_ref());
        limiter.is_none_or(|limiter| limiter.check().is_ok())
    }

    /// Counts a request of a client at `address`, and returns whether it is within the limits. The signature of a request
    /// for a signed operation has been verified.
    pub(crate) fn take(&self, operation: Operation, address: IpAddr) -> bool {
        let is_signed = operation.auth() == Auth::SigV4;
        if !is_signed && self.addresses.as_ref().is_some_and(|addresses| !addresses.take(address)) {
            return false;
        }
        let Some(Some(counted)) = self.categories.get(operation.index()) else { return true };
        let has_room =
            |limiter: &Option<Limiter>| limiter.as_ref().is_none_or(|limiter| limiter.check().is_ok());
        if counted.is_challenge && has_room(&self.challenges) {
            return true;
        }
        let has_reserve = || {
            let reserve = self.reserves.get(counted.category).and_then(Option::as_ref);
            reserve.is_some_and(|reserve| reserve.check().is_ok())
        };
        self.limiters.get(counted.category).is_none_or(has_room) || is_signed && has_reserve()
    }
}

#[cfg(test)]
mod tests;
