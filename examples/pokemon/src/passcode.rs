//! A model plugin, which sees the input of an operation before its handler does: it compares the passcode.

use std::{
    future::ready,
    pin::Pin,
    task::{Context, Poll},
};

use lido_runtime::{
    plugin::{ModelMarker, Plugin},
    tower::Service,
};

use crate::service::{
    operations::{GetStorage, GetStorageError, GetStorageInput, GetStorageOutput},
    types::StorageAccessNotAuthorized,
};

/// Refuses calls of `GetStorage` with a wrong passcode.
#[derive(Debug, Clone, Copy)]
pub struct PasscodePlugin;

impl ModelMarker for PasscodePlugin {}

impl<Ser, S> Plugin<Ser, GetStorage, S> for PasscodePlugin {
    type Output = Checked<S>;

    fn apply(&self, inner: S) -> Checked<S> {
        Checked { inner }
    }
}

/// The handler of `GetStorage`, which is called with the right passcode only.
#[derive(Debug, Clone)]
pub struct Checked<S> {
    inner: S,
}

impl<S, Exts> Service<(GetStorageInput, Exts)> for Checked<S>
where
    S: Service<
            (GetStorageInput, Exts),
            Response = GetStorageOutput,
            Error = GetStorageError,
            Future: Send + 'static,
        >,
{
    type Response = GetStorageOutput;
    type Error = GetStorageError;
    type Future = Pin<Box<dyn Future<Output = Result<GetStorageOutput, GetStorageError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), GetStorageError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: (GetStorageInput, Exts)) -> Self::Future {
        match request.0.passcode.as_str() {
            "pikachu123" => Box::pin(self.inner.call(request)),
            _ => Box::pin(ready(Err(StorageAccessNotAuthorized::default().into()))),
        }
    }
}
