//! `/confirmUser?client_id=…&user_name=…&confirmation_code=…`: where the link in a mail leads.
//!
//! *Documented*: the address is that of the service's own links. What confirms is ConfirmSignUp
//! ([`follow_confirmation_link`]); here is only the page that a browser shows. A GET confirms, as the service's does; a
//! HEAD does not, because it is sent by those who only look whether the link leads anywhere. The page runs nothing,
//! loads nothing and tells no other site where it was.

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use lido_runtime::{
    Bytes,
    server::body::{BoxBody, from_bytes},
};

use crate::{
    app::App,
    html::escaped,
    operations::{ConfirmationLink, NotConfirmed, Origin, follow_confirmation_link},
    query,
    wire::error::Kind,
};

/// The path of every link.
pub(crate) const PATH: &str = "/confirmUser";

/// What the page may do (nothing), who may frame it (nobody), and that the address, which holds a code, stays here.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Answers a request for the page.
pub(crate) async fn answer(app: &App, head: &Parts) -> Response<BoxBody> {
    match head.method {
        Method::GET => follow(app, head).await,
        Method::HEAD => page(StatusCode::OK, "Confirm your registration", "Open this link in a browser."),
        _ => {
            let mut answer = page(StatusCode::METHOD_NOT_ALLOWED, NOT, "Open this link in a browser.");
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            answer
        }
    }
}

/// The answer when too much is asked for at once.
pub(crate) fn busy() -> Response<BoxBody> {
    page(StatusCode::TOO_MANY_REQUESTS, NOT, "Too many requests; open the link again in a moment.")
}

/// *Reported*: what the service's page says. *Chosen*: its status, and what it says when it does not confirm.
const CONFIRMED: &str = "Your registration has been confirmed!";
const NOT: &str = "Your registration could not be confirmed.";

async fn follow(app: &App, head: &Parts) -> Response<BoxBody> {
    let mut link = ConfirmationLink::default();
    for (name, value) in query::pairs(head.uri.query().unwrap_or_default()) {
        match name.as_str() {
            "client_id" => link.client = value,
            "user_name" => link.username = value,
            "confirmation_code" => link.code = value,
            // Mail programs and those who count clicks add some of their own.
            _ => {}
        }
    }
    match follow_confirmation_link(app, &Origin::of(head), &link).await {
        Ok(()) => page(StatusCode::OK, CONFIRMED, "You may close this window and sign in."),
        Err(NotConfirmed::Damaged) => {
            page(StatusCode::BAD_REQUEST, NOT, "The link is not whole; copy it from the mail once more.")
        }
        Err(NotConfirmed::Refused(said)) => {
            let status = match said.kind {
                Kind::InternalErrorException => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::BAD_REQUEST,
            };
            page(status, NOT, &said.text)
        }
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> Response<BoxBody> {
    let (title, text) = (escaped(title), escaped(text));
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    );
    let mut response = Response::new(from_bytes(Bytes::from(page)));
    *response.status_mut() = status;
    response.headers_mut().extend(HEADERS);
    response
}
