//! The requests that were sent about one pair of users, with their answers and when they were sent and answered.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::model::{Call, Outcome};

/// A request with its answer.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) call: Call,
    pub(crate) outcome: Outcome,
    /// When it was sent, since the start of the history.
    pub(crate) sent_at: Duration,
    /// When its answer was read. An unknown outcome may come about at any time after it was sent.
    pub(crate) answered_at: Option<Duration>,
    /// Which server was asked.
    pub(crate) server: usize,
}

/// What several threads record.
pub(crate) struct History {
    start: Instant,
    events: Mutex<Vec<Event>>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), events: Mutex::default() }
    }

    /// Sends a request by `send` and records it.
    pub(crate) fn record(&self, call: Call, server: usize, send: impl FnOnce() -> Outcome) -> Outcome {
        let sent_at = self.start.elapsed();
        let outcome = send();
        let answered_at = (outcome != Outcome::Unknown).then(|| self.start.elapsed());
        let event = Event { call, outcome: outcome.clone(), sent_at, answered_at, server };
        self.events.lock().expect("no panic").push(event);
        outcome
    }

    /// Returns the requests in the order in which they were sent.
    pub(crate) fn into_events(self) -> Vec<Event> {
        let mut events = self.events.into_inner().expect("no panic");
        events.sort_by_key(|event| event.sent_at);
        events
    }
}
