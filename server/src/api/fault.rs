//! Faults on demand: what goes wrong with an admitted request ([`crate::faults`]).
//!
//! *Chosen*: a fault strikes after the signature and the rate, and before the input is read, so that it does not depend on
//! what the request says.

use http::{StatusCode, request::Parts};
use lido_runtime::{ErrorKind as _, Operation as _, response::front_end_error};

use super::admission::AdmissionError;
use crate::{
    entropy::Entropy,
    faults::{Faults, StrikeFailure, is_internal},
    operations::{LosesMessages, Operation},
    surface::{ConnectionEnd, HttpResponse},
};

/// Holds a request up, marks it, and returns the response if it fails.
pub(super) async fn inject(
    faults: &Faults,
    entropy: &Entropy,
    operation: Operation,
    head: &mut Parts,
) -> Option<HttpResponse> {
    let strike = faults.strike(Some(operation), || entropy.fraction());
    if !strike.delay.is_zero() {
        tokio::select! {
            () = tokio::time::sleep(strike.delay) => {}
            () = ConnectionEnd::of(head) => {}
        }
    }
    if strike.loses_messages {
        head.extensions.insert(LosesMessages);
    }
    match strike.failure? {
        StrikeFailure::Throttle => Some(AdmissionError::Rate.into_response()),
        StrikeFailure::Error(kind, message) => {
            let status =
                if is_internal(kind) { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
            Some(front_end_error(Operation::settings(), status, kind.name(), Some(&message)))
        }
    }
}
