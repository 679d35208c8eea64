//! Cross-origin resource sharing: what a web page of another origin may do on a surface.
//!
//! The API allows everything: an operation is protected by its signature, token or code, never by where the page comes
//! from, and no response depends on a cookie. *Observed*: the service itself answers `*`.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use lido_runtime::{Bytes, server::body::from_bytes};

use super::HttpResponse;

/// The headers that are allowed to clients that do not name theirs. A `*` would not cover `authorization`.
const USUAL_HEADERS: &str = "amz-sdk-invocation-id, amz-sdk-request, authorization, cache-control, content-type, \
                             x-amz-content-sha256, x-amz-date, x-amz-security-token, x-amz-target, x-amz-user-agent";

/// A day; browsers cut it down to what they allow. amazon-cognito-identity-js is then preflighted once; Amplify fetches
/// with the mode `no-store`, for which browsers remember no preflight either.
const MAX_AGE: &str = "86400";

/// What a page may read besides the body (*Observed*).
const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";

/// What web pages of other origins may do on a surface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CrossOrigin {
    /// They may send requests and read the responses, errors too.
    #[default]
    Allow,
    /// They read nothing, and preflights are answered without a permission.
    Deny,
    /// They read nothing, and the surface itself responds to preflights, as to any other method.
    Ignore,
}

impl CrossOrigin {
    /// Returns the response to a preflight, if the request is one that the surface does not respond to itself.
    ///
    /// It has the permission only after [`CrossOrigin::permit`].
    pub(crate) fn preflight(self, headers: &HeaderMap) -> Option<HttpResponse> {
        if self == Self::Ignore || !is_preflight(headers) {
            return None;
        }
        let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
        let mut response = Response::new(from_bytes(Bytes::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().extend([
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS")),
            // Whatever is asked for is allowed: headers that the server does not know have no effect.
            (header::ACCESS_CONTROL_ALLOW_HEADERS, asked.unwrap_or(HeaderValue::from_static(USUAL_HEADERS))),
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

/// Whether a web page sends this request.
pub(crate) fn is_cross_origin(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
}

fn is_preflight(headers: &HeaderMap) -> bool {
    is_cross_origin(headers) && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
