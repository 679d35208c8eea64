//! The access log: one line per request, with its operation, its status and its duration.
//!
//! The only input of a client in it is the name of an existing operation, so no secret is logged.

use std::time::Instant;

use http::StatusCode;

/// The access log entry of a request. It is written when it is dropped, also if the server stops before the response.
#[derive(Debug)]
pub(super) struct AccessLog {
    started: Instant,
    operation: &'static str,
    status: Option<StatusCode>,
}

impl AccessLog {
    /// Starts the entry of a request whose operation is not known yet.
    pub(super) fn begin() -> Self {
        Self { started: Instant::now(), operation: "unknown", status: None }
    }

    /// Sets the name of the operation, or of the route of another surface.
    pub(super) fn set_operation(&mut self, operation: &'static str) {
        self.operation = operation;
    }

    /// Writes the entry of a request that got a response.
    pub(super) fn end(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        let operation = self.operation;
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.status {
            Some(status) => tracing::info!(operation, status = status.as_u16(), micros, "answered"),
            None => tracing::info!(operation, micros, "aborted before the response"),
        }
    }
}
