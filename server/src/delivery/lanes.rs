//! The lanes of messages: places for those in flight, apart for each medium and each destination.
//!
//! A transport that hangs holds the places of its own medium only, and a mail domain or phone number that hangs holds a
//! part of them. After several messages in a row without a response ([`DeliveryFault::NoResponse`]) the lane of the
//! medium closes for a while; then one message at a time tries whether the transport responds again. Other faults close
//! no lane, because a stranger could cause them.
//!
//! [`DeliveryFault::NoResponse`]: super::DeliveryFault::NoResponse

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

/// The number of messages in a row without a response that closes a lane.
pub(super) const CLOSING_FAILURES: u32 = 5;

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
    /// The messages without a response since the last response.
    failures: u32,
    /// The elapsed time of the clock until which the lane is closed. It stays after that time until there is a
    /// response.
    closed_until: Option<Duration>,
    /// The message that tries whether the transport responds again, while it is in flight.
    probe: Weak<Probe>,
}

/// The mark of the message that tries whether the transport responds again. Another message may try once it is dropped:
/// the message may have ended without being sent, for example because its code has expired.
#[derive(Debug)]
struct Probe;

/// The permission to make an attempt. The attempt ends when it is dropped.
#[derive(Debug)]
pub(super) struct Attempt(#[expect(dead_code, reason = "held until it is dropped")] OwnedSemaphorePermit);

/// The places of a message in flight: one of its destination and one of its medium.
#[derive(Debug)]
pub(super) struct Place {
    #[expect(dead_code, reason = "held until they are dropped")]
    permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
    #[expect(dead_code, reason = "held until it is dropped")]
    probe: Option<Arc<Probe>>,
}

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
        if self.breaker().is_closed(self.clock.elapsed()) {
            return None;
        }
        let acquire = async {
            // Who waits for the destination holds no place of the medium.
            let destination = self.destination(to).acquire_owned().await.ok()?;
            let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
            Some((destination, place))
        };
        let permits = tokio::time::timeout(wait, acquire).await.ok()??;
        // The lane may have closed meanwhile.
        self.pass(permits)
    }

    /// Returns the places of a message to `to` if they are free and the lane is open.
    pub(super) fn try_enter(&self, to: &Contact) -> Option<Place> {
        if self.breaker().is_closed(self.clock.elapsed()) {
            return None;
        }
        let destination = self.destination(to).try_acquire_owned().ok()?;
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        self.pass((destination, place))
    }

    /// Returns whether a message to a destination that nothing is sent to could be sent now.
    pub(super) fn has_place(&self) -> bool {
        let (attempts, places) = (self.attempts.available_permits(), self.places.available_permits());
        attempts > 0 && places > 0 && !self.breaker().is_closed(self.clock.elapsed())
    }

    /// Waits until [`Lane::has_place`], and returns whether it has one. Does not wait for a closed lane.
    pub(super) async fn has_place_within(&self, wait: Duration) -> bool {
        let is_closed = || self.breaker().is_closed(self.clock.elapsed());
        !is_closed()
            && tokio::time::timeout(wait, self.places.acquire()).await.is_ok_and(|place| place.is_ok())
            && self.has_place()
    }

    /// Returns the time for which the lane is still closed, if it is. It may be closed for longer, until a message that
    /// tries has got a response.
    pub(super) fn closed_for(&self) -> Option<Duration> {
        let until = self.breaker().closed_until?;
        until.checked_sub(self.clock.elapsed()).filter(|left| !left.is_zero())
    }

    /// Notes that the transport has responded, whatever the response.
    pub(super) fn note_response(&self) {
        *self.breaker() = Breaker::default();
    }

    /// Notes that the transport has not responded in time, or could not be reached.
    pub(super) fn note_no_response(&self) {
        let now = self.clock.elapsed();
        let mut breaker = self.breaker();
        breaker.failures = breaker.failures.saturating_add(1);
        if breaker.failures >= CLOSING_FAILURES {
            breaker.closed_until = Some(now.saturating_add(CLOSED_FOR));
        }
    }

    /// Returns the place of a message that has these permits, or `None` if the lane is closed. Once the time of a
    /// closed lane has passed, one message may try, and the lane stays closed for the others while it does and until
    /// the transport responds.
    fn pass(&self, permits: (OwnedSemaphorePermit, OwnedSemaphorePermit)) -> Option<Place> {
        let now = self.clock.elapsed();
        let mut breaker = self.breaker();
        if breaker.is_closed(now) {
            return None;
        }
        let probe = breaker.closed_until.map(|_| Arc::new(Probe));
        if let Some(probe) = &probe {
            breaker.probe = Arc::downgrade(probe);
        }
        Some(Place { permits, probe })
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

impl Breaker {
    /// Returns whether no message may be sent.
    fn is_closed(&self, now: Duration) -> bool {
        self.closed_until.is_some_and(|until| now < until) || self.probe.strong_count() > 0
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
    async fn lane_without_responses_closes_and_lets_one_message_try() {
        let (lanes, clock) = lanes();
        let lane = lanes.of(ContactKind::Email);
        let enter = || lane.try_enter(&mail("ann@example.com"));
        for _ in 1..CLOSING_FAILURES {
            lane.note_no_response();
        }
        assert!(enter().is_some());
        lane.note_response();
        for _ in 0..CLOSING_FAILURES {
            assert!(enter().is_some(), "a response starts anew");
            lane.note_no_response();
        }
        assert!(enter().is_none());
        assert_eq!(lane.closed_for(), Some(CLOSED_FOR));
        clock.advance(CLOSED_FOR);
        assert_eq!(lane.closed_for(), None);
        let probe = enter().expect("one may try");
        for _ in 0..10 {
            assert!(enter().is_none(), "one at a time, however long it takes");
            assert!(lane.enter(&mail("ann@example.com"), AT_ONCE).await.is_none());
            clock.advance(CLOSED_FOR);
        }
        lane.note_no_response();
        drop(probe);
        assert!(enter().is_none(), "it got no response");
        clock.advance(CLOSED_FOR);
        let probe = enter().expect("the next may try");
        lane.note_response();
        let others = (enter(), enter());
        assert!(others.0.is_some() && others.1.is_some(), "it got a response");
        drop(probe);
    }

    #[tokio::test]
    async fn probe_that_is_not_sent_lets_the_next_message_try() {
        let (lanes, clock) = lanes();
        let lane = lanes.of(ContactKind::Email);
        for _ in 0..CLOSING_FAILURES {
            lane.note_no_response();
        }
        clock.advance(CLOSED_FOR);
        for _ in 0..3 {
            assert!(lane.try_enter(&mail("ann@example.com")).is_some(), "at once");
        }
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
