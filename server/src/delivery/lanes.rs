//! The lanes of messages: places for those in flight, apart for each medium and each destination.
//!
//! A transport that hangs holds the places of its own medium only, and a mail domain or phone number that hangs holds a part of
//! them. After several timeouts in a row the lane of the medium closes for a while; then one message at a time tries whether
//! the transport responds again. Only timeouts close a lane: other faults hold no place, and a stranger could cause them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use lido_domain::attribute::contact::{Contact, ContactKind};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;

/// The most messages of one medium in flight. It bounds the tasks that wait for a transport that does not respond.
pub(super) const MAX_IN_FLIGHT: usize = 32;

/// The most of them to one destination. *Chosen*: half, because many users have addresses in one domain.
pub(super) const MAX_TO_DESTINATION: usize = 16;

/// The most attempts at once, including those that wait for a place. It bounds the tasks of messages that no request waits
/// for.
const MAX_ATTEMPTS: u32 = 1_024;

/// The number of timeouts in a row that closes a lane.
pub(super) const CLOSING_TIMEOUTS: u32 = 5;

/// The time for which a lane is closed.
pub(super) const CLOSED_FOR: Duration = Duration::from_secs(30);

/// The lanes of all media.
#[derive(Debug)]
pub(super) struct Lanes {
    mail: Lane,
    sms: Lane,
}

/// The places of one medium.
#[derive(Debug)]
pub(super) struct Lane {
    attempts: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// The places of destinations that have messages in flight or waiting.
    destinations: Mutex<HashMap<String, Weak<Semaphore>>>,
    clock: Clock,
    breaker: Mutex<Breaker>,
}

/// The state that closes a lane.
#[derive(Debug, Default)]
struct Breaker {
    /// The timeouts since the last response.
    timeouts: u32,
    /// The elapsed time of the clock until which the lane is closed.
    closed_until: Option<Duration>,
}

/// The permission to make an attempt. The attempt ends when it is dropped.
#[derive(Debug)]
pub(super) struct Attempt(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit);

/// The places of a message in flight: one of its destination and one of its medium.
#[derive(Debug)]
pub(super) struct Place(
    #[expect(dead_code, reason = "held until they are dropped")] (OwnedSemaphorePermit, OwnedSemaphorePermit),
);

impl Lanes {
    pub(super) fn new(clock: &Clock) -> Self {
        Self { mail: Lane::new(clock.clone()), sms: Lane::new(clock.clone()) }
    }

    /// Returns the lane of a medium.
    pub(super) fn of(&self, medium: ContactKind) -> &Lane {
        match medium {
            ContactKind::Email => &self.mail,
            ContactKind::PhoneNumber => &self.sms,
        }
    }

    /// Returns whether an attempt is under way.
    pub(super) fn is_busy(&self) -> bool {
        [&self.mail, &self.sms].iter().any(|lane| lane.attempts.available_permits() < MAX_ATTEMPTS as usize)
    }

    /// Waits until no attempt is under way. New ones wait for that too.
    pub(super) async fn finish(&self) {
        for lane in [&self.mail, &self.sms] {
            drop(lane.attempts.acquire_many(MAX_ATTEMPTS).await);
        }
    }
}

impl Lane {
    fn new(clock: Clock) -> Self {
        Self {
            attempts: Arc::new(Semaphore::new(MAX_ATTEMPTS as usize)),
            places: Arc::new(Semaphore::new(MAX_IN_FLIGHT)),
            destinations: Mutex::default(),
            clock,
            breaker: Mutex::default(),
        }
    }

    /// Begins an attempt, or returns `None` if too many are under way.
    pub(super) fn begin(&self) -> Option<Attempt> {
        Arc::clone(&self.attempts).try_acquire_owned().ok().map(Attempt)
    }

    /// Waits for the places of a message to `to`. Returns `None` if the lane is closed, or if there is no place for so long.
    pub(super) async fn enter(&self, to: &Contact, wait: Duration) -> Option<Place> {
        if self.is_closed() {
            return None;
        }
        let acquire = async {
            // Who waits for the destination holds no place of the medium.
            let destination = self.destination(to).acquire_owned().await.ok()?;
            let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
            Some(Place((destination, place)))
        };
        let place = tokio::time::timeout(wait, acquire).await.ok()??;
        // Last, because a message that is let through while the lane is closed must be sent.
        self.is_open().then_some(place)
    }

    /// Returns the places of a message to `to` if they are free and the lane is open.
    pub(super) fn try_enter(&self, to: &Contact) -> Option<Place> {
        if self.is_closed() {
            return None;
        }
        let destination = self.destination(to).try_acquire_owned().ok()?;
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        self.is_open().then_some(Place((destination, place)))
    }

    /// Notes that the transport has responded, whatever the response.
    pub(super) fn note_response(&self) {
        *self.breaker() = Breaker::default();
    }

    /// Notes that the transport has not responded in time.
    pub(super) fn note_timeout(&self) {
        let now = self.clock.elapsed();
        let mut breaker = self.breaker();
        breaker.timeouts = breaker.timeouts.saturating_add(1);
        if breaker.timeouts >= CLOSING_TIMEOUTS {
            breaker.closed_until = Some(now.saturating_add(CLOSED_FOR));
        }
    }

    /// Returns whether no message may be sent.
    fn is_closed(&self) -> bool {
        self.breaker().closed_until.is_some_and(|until| self.clock.elapsed() < until)
    }

    /// Returns whether a message may be sent. Once the time of a closed lane has passed, one may, and the lane stays closed
    /// for the others until the transport responds.
    fn is_open(&self) -> bool {
        let now = self.clock.elapsed();
        let mut breaker = self.breaker();
        match breaker.closed_until {
            Some(until) if now < until => false,
            Some(_) => {
                breaker.closed_until = Some(now.saturating_add(CLOSED_FOR));
                true
            }
            None => true,
        }
    }

    fn destination(&self, to: &Contact) -> Arc<Semaphore> {
        let name = match to.kind {
            ContactKind::Email => to.value.rsplit('@').next().unwrap_or_default().to_lowercase(),
            ContactKind::PhoneNumber => to.value.clone(),
        };
        let mut destinations = self.destinations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = destinations.get(&name).and_then(Weak::upgrade) {
            return found;
        }
        // No more than the attempts are in use.
        if destinations.len() >= 2 * MAX_ATTEMPTS as usize {
            destinations.retain(|_, places| places.strong_count() > 0);
        }
        let places = Arc::new(Semaphore::new(MAX_TO_DESTINATION));
        destinations.insert(name, Arc::downgrade(&places));
        places
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::Timestamp;

    use super::*;

    const AT_ONCE: Duration = Duration::from_millis(1);

    fn lanes() -> (Lanes, Clock) {
        let clock = Clock::frozen(Timestamp::from_millis(1_000));
        (Lanes::new(&clock), clock)
    }

    fn mail(address: &str) -> Contact {
        Contact { kind: ContactKind::Email, value: address.to_owned() }
    }

    #[tokio::test]
    async fn places_are_apart_for_each_medium_and_destination() {
        let (lanes, _) = lanes();
        let lane = lanes.of(ContactKind::Email);
        let mut held = Vec::new();
        for number in 0..MAX_TO_DESTINATION {
            held.push(lane.enter(&mail(&format!("{number}@Slow.example")), AT_ONCE).await.expect("a place"));
        }
        assert!(lane.enter(&mail("ann@slow.example"), AT_ONCE).await.is_none());
        for number in held.len()..MAX_IN_FLIGHT {
            held.push(lane.enter(&mail(&format!("ann@{number}.example")), AT_ONCE).await.expect("a place"));
        }
        assert!(lane.enter(&mail("ann@other.example"), AT_ONCE).await.is_none());
        assert!(lane.try_enter(&mail("ann@other.example")).is_none());
        let sms = Contact { kind: ContactKind::PhoneNumber, value: "+15550100".to_owned() };
        assert!(lanes.of(ContactKind::PhoneNumber).enter(&sms, AT_ONCE).await.is_some());
        drop(held);
        assert!(lane.enter(&mail("ann@slow.example"), AT_ONCE).await.is_some());
    }

    #[tokio::test]
    async fn lane_closes_after_timeouts_and_lets_one_message_try() {
        let (lanes, clock) = lanes();
        let lane = lanes.of(ContactKind::Email);
        let is_open = || lane.try_enter(&mail("ann@example.com")).is_some();
        for _ in 1..CLOSING_TIMEOUTS {
            lane.note_timeout();
        }
        assert!(is_open());
        lane.note_response();
        for _ in 0..CLOSING_TIMEOUTS {
            assert!(is_open(), "a response starts anew");
            lane.note_timeout();
        }
        assert!(!is_open());
        clock.advance(CLOSED_FOR);
        assert!(is_open(), "one may try");
        assert!(!is_open(), "one at a time");
        lane.note_timeout();
        clock.advance(CLOSED_FOR);
        assert!(is_open());
        lane.note_response();
        assert!(is_open() && is_open());
    }

    #[tokio::test]
    async fn destinations_that_are_not_used_are_forgotten() {
        let (lanes, _) = lanes();
        let lane = lanes.of(ContactKind::Email);
        for number in 0..10 * MAX_ATTEMPTS {
            assert!(lane.try_enter(&mail(&format!("ann@{number}.example"))).is_some());
        }
        let kept = lane.destinations.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert!(kept <= 2 * MAX_ATTEMPTS as usize, "{kept}");
    }
}
