//! The access log: one line per request, with its operation, its status and how long it took.
//!
//! The only thing in it that a client sends is the name of an operation that exists, so no secret is logged.

use std::{borrow::Cow, time::Instant};

use http::StatusCode;

/// The access log entry of a request. Dropping it writes it, also when the client leaves before the response.
#[derive(Debug)]
pub(super) struct AccessLog {
    started: Instant,
    operation: Cow<'static, str>,
    is_private: bool,
    status: Option<StatusCode>,
}

impl AccessLog {
    pub(super) fn begin() -> Self {
        Self { started: Instant::now(), operation: "unknown".into(), is_private: false, status: None }
    }

    pub(super) fn is_for(&mut self, operation: &'static str) {
        self.operation = operation.into();
    }

    pub(super) fn is_preflight(&mut self) {
        self.operation = "preflight".into();
    }

    pub(super) fn is_for_console(&mut self) {
        self.operation = "console".into();
        self.is_private = true;
    }

    pub(super) fn is_for_discovery(&mut self) {
        self.operation = "discovery".into();
    }

    pub(super) fn is_for_confirmation_page(&mut self) {
        self.operation = "confirmation page".into();
        self.is_private = true;
    }

    /// The console shows codes in clear and is for tools, and the page behind a link is for whoever got the link; a web
    /// page that happens to be open must read neither (*Chosen*).
    pub(super) fn may_be_read_by_any_page(&self) -> bool {
        !self.is_private
    }

    pub(super) fn end(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        let operation = &*self.operation;
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.status {
            Some(status) => tracing::info!(operation, status = status.as_u16(), micros, "answered"),
            None => tracing::info!(operation, micros, "the client left before the answer"),
        }
    }
}
