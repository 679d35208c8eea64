//! Faults on demand at the endpoints, in `lido dev` ([`crate::faults`]): those that are set for all operations.
//!
//! *Chosen*: they strike before the request is read, so that they do not depend on what it says. Messages are lost by faults
//! of operations only, since the endpoints send none.

use http::request::Parts;

use crate::{app::App, faults::StrikeFailure, surface::ConnectionEnd};

/// How a request fails on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndpointFault {
    /// As one beyond its rate.
    Throttle,
    /// As by a fault of the server.
    Internal,
}

/// Holds a request up, and returns how it fails, if it does.
pub(super) async fn strike(app: &App, head: &Parts) -> Option<EndpointFault> {
    let strike = app.faults.as_ref()?.strike(None, || app.entropy.fraction());
    if !strike.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(strike.delay) => {}
            () = ConnectionEnd::of(head) => {}
        }
    }
    strike.failure.map(|failure| match failure {
        StrikeFailure::Throttle => EndpointFault::Throttle,
        StrikeFailure::Error(..) => EndpointFault::Internal,
    })
}
