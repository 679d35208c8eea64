//! Cross-origin resource sharing: the permissions of web pages of other origins on a surface.
//!
//! The API allows every origin: operations are protected by signatures, tokens or codes, and no response depends on a
//! cookie. *Observed*: the service itself responds with `*`. Where signatures are not verified, [`crate::api`] refuses
//! the signed operations of pages itself.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use lido_runtime::{Bytes, server::body::from_bytes};

use super::HttpResponse;

/// The allowed headers for a preflight that requests none. A `*` would not include `authorization`.
const DEFAULT_HEADERS: &str = "amz-sdk-invocation-id, amz-sdk-request, authorization, cache-control, content-type, \
                               x-amz-content-sha256, x-amz-date, x-amz-security-token, x-amz-target, x-amz-user-agent";

/// The seconds that a browser may cache a preflight: a day, or less if the browser limits it. Amplify fetches with the
/// mode `no-store`, for which browsers cache no preflight.
const MAX_AGE: &str = "86400";

/// The headers of a response that a page may read (*Observed*).
const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";

/// The permissions of web pages of other origins on a surface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CrossOrigin {
    /// They may send requests and read the responses, including errors.
    #[default]
    Allow,
    /// They may read nothing. The response to a preflight has no permission.
    Deny,
    /// They may read nothing. The surface responds to a preflight as to any other request.
    Ignore,
}

impl CrossOrigin {
    /// Returns the response to a preflight. Returns `None` if the request is none, or the surface responds itself.
    ///
    /// [`CrossOrigin::permit`] adds the permission to the response.
    pub(crate) fn preflight(self, headers: &HeaderMap) -> Option<HttpResponse> {
        if self == Self::Ignore || !is_preflight(headers) {
            return None;
        }
        let requested = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
        let mut response = Response::new(from_bytes(Bytes::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().extend([
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS")),
            // All requested headers are allowed: those that the server does not know have no effect.
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                requested.unwrap_or(HeaderValue::from_static(DEFAULT_HEADERS)),
            ),
            (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE)),
            (header::VARY, HeaderValue::from_static("Access-Control-Request-Headers")),
        ]);
        Some(response)
    }

    /// Lets pages of other origins read a response, if the surface allows it.
    pub(crate) fn permit(self, headers: &mut HeaderMap) {
        if self == Self::Allow {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }
}

/// Returns whether a web page has sent a request with these headers.
pub(crate) fn is_cross_origin(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
}

fn is_preflight(headers: &HeaderMap) -> bool {
    is_cross_origin(headers) && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
