//! Fake functions with scripted results, for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, FunctionInvoker, InvocationResult, InvocationType, InvokeFault};

/// An invoker that returns the scripted results, then the event itself, and records every call. Clones share its state.
#[derive(Clone, Debug, Default)]
pub struct FakeLambda(Arc<FakeState>);

#[derive(Debug, Default)]
struct FakeState {
    script: Mutex<VecDeque<Result<InvocationResult, InvokeFault>>>,
    calls: Mutex<Vec<FakeCall>>,
}

/// A recorded call.
#[derive(Clone, Debug, PartialEq)]
pub struct FakeCall {
    /// The function.
    pub function: Function,
    /// The event.
    pub event: Value,
    /// The type of the invocation.
    pub kind: InvocationType,
}

impl FakeLambda {
    /// Returns an invoker with these results in order, followed by the event itself.
    pub fn scripted(script: impl IntoIterator<Item = Result<InvocationResult, InvokeFault>>) -> Self {
        let state = FakeState { script: Mutex::new(script.into_iter().collect()), ..FakeState::default() };
        Self(Arc::new(state))
    }

    /// Returns every call, the oldest first.
    pub fn calls(&self) -> Vec<FakeCall> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl FunctionInvoker for FakeLambda {
    async fn invoke(
        &self,
        function: &Function,
        payload: &[u8],
        kind: InvocationType,
    ) -> Result<InvocationResult, InvokeFault> {
        let event = serde_json::from_slice(payload).unwrap_or_default();
        let call = FakeCall { function: function.clone(), event, kind };
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        let scripted = self.0.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        scripted.unwrap_or_else(|| Ok(InvocationResult::Payload(payload.to_vec())))
    }
}
