//! Requests that are neither for an operation nor for the route of a surface: a mistyped path, or a browser.
//!
//! *Chosen*: operations are POST requests, so any other method without `X-Amz-Target` was sent by a person or a tool that
//! looks for something else, and learns what is there. A POST stays an unknown operation, as at the service (cog-0279).

use http::{Method, StatusCode, request::Parts};
use lido_runtime::{Operation as _, response::front_end_error};

use crate::{operations::Operation, surface::HttpResponse};

const TEXT: &str = "There is nothing at this path. Operations of Amazon Cognito user pools are POST requests to / with the header \
                    X-Amz-Target; the OAuth 2.0 endpoints of a user pool are below /{userPoolId}; the state of the server is \
                    at /_lido/health.";

/// Returns the refusal of a request that nothing answers. Returns `None` if it may be for an operation.
pub(super) fn refusal(head: &Parts) -> Option<HttpResponse> {
    if head.method == Method::POST || head.headers.contains_key("x-amz-target") {
        return None;
    }
    let (settings, name) = (Operation::settings(), "UnknownOperationException");
    Some(front_end_error(settings, StatusCode::NOT_FOUND, name, Some(TEXT)))
}
