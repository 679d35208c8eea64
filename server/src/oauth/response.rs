//! The responses of the endpoints, and the headers that all of them have.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use lido_domain::oauth::error::TokenError;
use lido_runtime::{Bytes, server::body::from_bytes};
use serde_json::{Value, json};

use super::place::Place;
use crate::{app::App, operations::oauth::TokenFailure, surface::HttpResponse};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-cognito-request-id");
const XSS_PROTECTION: HeaderName = HeaderName::from_static("x-xss-protection");

/// The headers of every response (*Documented*, oau-0121). *Chosen*: no referrer, since URLs contain codes and tokens.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
    (header::EXPIRES, HeaderValue::from_static("0")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (XSS_PROTECTION, HeaderValue::from_static("1; mode=block")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::SERVER, HeaderValue::from_static("Server")),
];

/// Returns a response with the headers that all have.
pub(crate) fn response(app: &App, place: &Place, status: StatusCode, body: String) -> HttpResponse {
    let mut response = Response::new(from_bytes(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(HEADERS);
    if place.is_https() && !place.is_loopback() {
        let year = HeaderValue::from_static("max-age=31536000 ; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if let Ok(id) = app.entropy.uuid()
        && let Ok(id) = HeaderValue::try_from(id)
    {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// Returns a response with a JSON body.
pub(super) fn json(app: &App, place: &Place, status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = response(app, place, status, body.to_string());
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Returns a redirect. Characters that no header may have are encoded.
pub(crate) fn redirect(app: &App, place: &Place, location: &str) -> HttpResponse {
    let mut response = response(app, place, StatusCode::FOUND, String::new());
    let location = percent_encoding::utf8_percent_encode(location, percent_encoding::CONTROLS).to_string();
    response
        .headers_mut()
        .extend(HeaderValue::try_from(location).map(|location| (header::LOCATION, location)));
    response
}

/// Returns the response to a method that an endpoint does not have.
pub(crate) fn method_not_allowed(app: &App, place: &Place, allowed: &'static str) -> HttpResponse {
    let mut response =
        json(app, place, StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": "invalid_request" }));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Returns the error of a request that fails by a fault of the server (*Chosen*: the code of RFC 6749, section 4.1.2.1).
pub(super) fn server_error(app: &App, place: &Place) -> HttpResponse {
    json(app, place, StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": "server_error" }))
}

/// Returns the error of a request beyond the rate limits (*Chosen*: the code of RFC 6749, section 4.1.2.1).
pub(super) fn too_many_requests(app: &App, place: &Place) -> HttpResponse {
    let body = json!({ "error": "temporarily_unavailable", "error_description": "Rate exceeded" });
    json(app, place, StatusCode::TOO_MANY_REQUESTS, &body)
}

/// Returns the error of the token endpoint, or with `is_revocation` of the revocation endpoint. `uses_basic` is whether the
/// app client proved itself in the header.
pub(super) fn token_error(
    app: &App,
    place: &Place,
    failure: TokenFailure,
    is_revocation: bool,
    uses_basic: bool,
) -> HttpResponse {
    let is_strict = app.settings.is_strict_oauth;
    let (status, code, description) = match failure {
        TokenFailure::Refused(error) => {
            let is_client = error == TokenError::InvalidClient;
            // oau-0130, oau-0093: 401 here and 400 there. RFC 6749, section 5.2, wants 401 where the header was used.
            let is_unauthorized = is_client && (is_revocation || is_strict && uses_basic);
            let status = if is_unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
            (status, error.code(is_strict), error.description().map(str::to_owned))
        }
        TokenFailure::Trigger(text) => (StatusCode::BAD_REQUEST, "invalid_request", Some(text)),
        TokenFailure::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", None),
        TokenFailure::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", None),
    };
    let mut body = json!({ "error": code });
    if let Some(description) = description {
        body["error_description"] = description.into();
    }
    let mut response = json(app, place, status, &body);
    if status == StatusCode::UNAUTHORIZED && is_strict {
        let basic = HeaderValue::from_static("Basic realm=\"token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}
