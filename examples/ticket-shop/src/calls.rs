//! A plugin that counts the calls of each operation.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use lido_runtime::{
    plugin::{HttpMarker, Plugin},
    server::operation::OperationShape,
    tower::Service,
};

/// The number of calls by the name of the operation.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Calls {
    /// Returns the numbers so far.
    pub fn counted(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl HttpMarker for Calls {}

impl<Ser, Op: OperationShape, S> Plugin<Ser, Op, S> for Calls {
    type Output = Counting<S>;

    fn apply(&self, inner: S) -> Counting<S> {
        Counting { inner, operation: Op::ID.name(), calls: self.clone() }
    }
}

/// The handler of one operation, whose calls are counted.
#[derive(Debug, Clone)]
pub struct Counting<S> {
    inner: S,
    operation: &'static str,
    calls: Calls,
}

impl<R, S: Service<R>> Service<R> for Counting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> S::Future {
        let mut calls = self.calls.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(self.operation).or_default() += 1;
        drop(calls);
        self.inner.call(request)
    }
}
