//! Request-rate limits: the most requests per second that this process, or all servers of a store, serve in each category
//! of operations.
//!
//! A category may use its quota at once, and regains it evenly over the second. `governor` limits the rates of this process;
//! servers that share their limits take tokens from the store in batches (`shared`, `lease`). `table`
//! has the categories of the operations. Strangers share the quota of a category with signed callers, who have a reserve
//! beside it; and each address may have a quota of its own (`addresses`). [`crate::api`] counts requests after it has
//! verified their signatures, the confirmation page counts its requests as ConfirmSignUp, and the OAuth endpoints theirs in
//! the categories that docs/oauth.md names.

mod addresses;
mod lease;
mod limiter;
mod shared;
mod table;

use std::{net::IpAddr, num::NonZeroU32, str::FromStr, time::Duration};

use governor::clock::Clock as Instants;
use lido_runtime::Operation as _;

pub use self::shared::SharedStore;
pub(crate) use self::table::PAGES;
use self::{
    addresses::AddressLimiter,
    limiter::{Limiter, local_limiter},
    shared::SharedBucket,
    table::{CATEGORIES, CHALLENGES, Category},
};
use crate::{clock::Clock, metrics::RateMetrics, operations::Operation};

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

/// Parses `on`, for the documented quotas, optionally with changes: `on,UserCreation=100,UserList=off`. Whether they are
/// shared, the caller reads.
impl FromStr for Quotas {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut quotas = Self::default();
        let mut words = text.split(',').map(str::trim);
        if words.next() != Some("on") {
            return Err(
                "request limits must be off, on or shared, the latter two also with changes: on,UserCreation=100,UserList=off".into(),
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
    metrics: RateMetrics,
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
    /// Returns limits of these quotas on this clock, for this server alone.
    pub fn new(quotas: &Quotas, clock: &Clock) -> Self {
        Self::with_store(quotas, clock, None)
    }

    /// Returns limits of these quotas that all servers share which use this store. The clock is for what each takes in
    /// advance.
    pub fn shared(quotas: &Quotas, clock: &Clock, store: &SharedStore) -> Self {
        Self::with_store(quotas, clock, Some(store))
    }

    fn with_store(quotas: &Quotas, clock: &Clock, store: Option<&SharedStore>) -> Self {
        let limiter = |name: String, quota: NonZeroU32| match store {
            None => Limiter::Local(local_limiter(quota, clock)),
            Some(store) => Limiter::Shared(Box::new(SharedBucket::new(store, name, quota, clock))),
        };
        let beyond = CATEGORIES.iter().position(|category| category.name == CHALLENGES.beyond);
        let of_challenges = beyond.and_then(|index| *quotas.categories.get(index)?);
        let is_public = |operation: &Operation| operation.is_public();
        let limiter_of = |(category, quota): (&Category, &Option<NonZeroU32>)| {
            quota.map(|quota| limiter(category.name.to_owned(), quota))
        };
        let reserve_of = |(category, quota): (&Category, &Option<NonZeroU32>)| match quota {
            Some(quota) if category.operations.iter().any(is_public) => {
                let reserve = NonZeroU32::new(quota.get() / RESERVE_DIVISOR).unwrap_or(NonZeroU32::MIN);
                Some(limiter(format!("{}/signed", category.name), reserve))
            }
            _ => None,
        };
        let times = NonZeroU32::new(CHALLENGES.times).unwrap_or(NonZeroU32::MIN);
        let challenges = |quota: NonZeroU32| {
            limiter(format!("{}/challenges", CHALLENGES.beyond), quota.saturating_mul(times))
        };
        let category_of = |operation: &Operation| {
            let is_challenge = CHALLENGES.operations.contains(operation);
            let own = || CATEGORIES.iter().position(|category| category.operations.contains(operation));
            let category = if is_challenge { beyond } else { own() }?;
            Some(OperationCategory { category, is_challenge })
        };
        Self {
            limiters: CATEGORIES.iter().zip(&quotas.categories).map(limiter_of).collect(),
            reserves: CATEGORIES.iter().zip(&quotas.categories).map(reserve_of).collect(),
            addresses: quotas.per_address.map(|quota| AddressLimiter::new(quota, clock, store)),
            challenges: of_challenges.map(challenges),
            categories: Operation::ALL.iter().map(category_of).collect(),
            metrics: RateMetrics::default(),
        }
    }

    /// Returns the metrics of the requests over the quotas.
    pub(crate) fn metrics(&self) -> &RateMetrics {
        &self.metrics
    }

    /// Counts a request of a client at `address` for an endpoint beside the API, and returns whether it is within the limits
    /// of this category, which strangers share.
    pub(crate) async fn take_in(&self, category: &str, address: IpAddr) -> bool {
        if !self.has_room_for(address).await {
            return false;
        }
        let found = CATEGORIES.iter().zip(&self.limiters).find(|(known, _)| known.name == category);
        let Some((category, limiter)) = found else { return true };
        self.note(has_room(limiter.as_ref()).await, category.name)
    }

    /// Counts a request of a client at `address`, and returns whether it is within the limits. The signature of a request
    /// for a signed operation has been verified.
    pub(crate) async fn take(&self, operation: Operation, address: IpAddr) -> bool {
        let is_signed = !operation.is_public();
        if !is_signed && !self.has_room_for(address).await {
            return false;
        }
        let Some(Some(counted)) = self.categories.get(operation.index()) else { return true };
        if counted.is_challenge && has_room(self.challenges.as_ref()).await {
            return true;
        }
        if has_room(self.limiters.get(counted.category).and_then(Option::as_ref)).await {
            return true;
        }
        let is_within = match self.reserves.get(counted.category) {
            Some(Some(reserve)) if is_signed => reserve.take().await,
            _ => false,
        };
        self.note(is_within, CATEGORIES.get(counted.category).map_or(PER_ADDRESS, |category| category.name))
    }

    /// Counts a request that is not within the limit of a category.
    fn note(&self, is_within: bool, category: &'static str) -> bool {
        if !is_within {
            self.metrics.refuse(category);
        }
        is_within
    }

    async fn has_room_for(&self, address: IpAddr) -> bool {
        match &self.addresses {
            Some(addresses) => self.note(addresses.take(address).await, PER_ADDRESS),
            None => true,
        }
    }
}

/// Counts a request, and returns whether it is within the limit, if there is one.
async fn has_room(limiter: Option<&Limiter>) -> bool {
    match limiter {
        Some(limiter) => limiter.take().await,
        None => true,
    }
}

#[cfg(test)]
mod tests;
