//! Functions that do what a test tells them, beside the real ones.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, Invoke, InvokeFault, Manner, Returned};

/// Answers as scripted, then with the event as it came; remembers every call. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct FakeLambda(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    script: Mutex<VecDeque<Result<Returned, InvokeFault>>>,
    calls: Mutex<Vec<FakeCall>>,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct FakeCall {
    /// Of this function.
    pub function: Function,
    /// With this event.
    pub event: Value,
    /// Whether its answer was waited for.
    pub manner: Manner,
}

impl FakeLambda {
    /// One that answers so, one after the other, and then with the event.
    pub fn scripted(script: impl IntoIterator<Item = Result<Returned, InvokeFault>>) -> Self {
        let inside = Inside { script: Mutex::new(script.into_iter().collect()), ..Inside::default() };
        Self(Arc::new(inside))
    }

    /// Every call, the oldest first.
    pub fn calls(&self) -> Vec<FakeCall> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Invoke for FakeLambda {
    async fn invoke(
        &self,
        function: &Function,
        payload: &[u8],
        manner: Manner,
    ) -> Result<Returned, InvokeFault> {
        let event = serde_json::from_slice(payload).unwrap_or_default();
        let call = FakeCall { function: function.clone(), event, manner };
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        let scripted = self.0.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        scripted.unwrap_or_else(|| Ok(Returned::Answer(payload.to_vec())))
    }
}
