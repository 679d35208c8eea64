//! A carrier that does what a test tells it, beside the real ones.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{Deliver, DeliveryFault, Outgoing};

/// Answers as scripted, then with success; remembers what it was handed.
#[derive(Debug, Default)]
pub struct FakeCarrier {
    script: Mutex<VecDeque<DeliveryFault>>,
    delay: Duration,
    handed: Mutex<Vec<Outgoing>>,
}

impl FakeCarrier {
    /// A carrier that fails so, one after the other, and then delivers.
    pub fn failing(script: impl IntoIterator<Item = DeliveryFault>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() }
    }

    /// A carrier that takes its time.
    pub fn slow(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Every message that it was handed, delivered or not, the oldest first.
    pub fn handed(&self) -> Vec<Outgoing> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Deliver for FakeCarrier {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
        tokio::time::sleep(self.delay).await;
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        match self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}
