//! What browsers want to hear before they let a page of another origin call an operation.
//!
//! Everything is allowed: an operation is protected by its signature, token or code, never by where the page comes
//! from, and no answer depends on a cookie. *Observed*: the service itself answers `*`.

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use lido_runtime::{Bytes, server::body::from_bytes};

use super::Answer;

/// For clients that do not say which headers they are going to send. A `*` would not cover `authorization`.
const USUAL_HEADERS: &str = "amz-sdk-invocation-id, amz-sdk-request, authorization, cache-control, content-type, \
                             x-amz-content-sha256, x-amz-date, x-amz-security-token, x-amz-target, x-amz-user-agent";

/// A day; browsers cut it down to what they allow. amazon-cognito-identity-js is then preflighted once; Amplify fetches
/// with the mode `no-store`, for which browsers remember no preflight either.
const MAX_AGE: &str = "86400";

/// What a page may read besides the body (*Observed*).
const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";

/// Whether a page sends this request.
pub(super) fn is_cross_origin<B>(request: &Request<B>) -> bool {
    request.headers().contains_key(header::ORIGIN)
}

/// The answer to a preflight, if it is one.
pub(super) fn preflight(headers: &HeaderMap) -> Option<Answer> {
    if !headers.contains_key(header::ORIGIN) || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let mut answer = Response::new(from_bytes(Bytes::new()));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer.headers_mut().extend([
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS")),
        // Whatever is asked for is allowed: what the server does not know it does not look at.
        (header::ACCESS_CONTROL_ALLOW_HEADERS, asked.unwrap_or(HeaderValue::from_static(USUAL_HEADERS))),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE)),
        (header::VARY, HeaderValue::from_static("Access-Control-Request-Headers")),
    ]);
    Some(answer)
}

/// Lets the page read an answer, errors too.
pub(super) fn allow(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}
