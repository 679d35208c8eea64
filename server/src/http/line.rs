//! The line that the log gets of each request: what it asked for, how it was answered and how long that took.
//!
//! Nothing that a client sends stands in it but the name of an operation that exists; so no secret does.

use std::{borrow::Cow, time::Instant};

use http::StatusCode;

/// A line that is written when the request is over, also when the client has gone before it was answered.
#[derive(Debug)]
pub(super) struct Line {
    started: Instant,
    operation: Cow<'static, str>,
    is_private: bool,
    status: Option<StatusCode>,
}

impl Line {
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

impl Drop for Line {
    fn drop(&mut self) {
        let operation = &*self.operation;
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.status {
            Some(status) => tracing::info!(operation, status = status.as_u16(), micros, "answered"),
            None => tracing::info!(operation, micros, "the client left before the answer"),
        }
    }
}
