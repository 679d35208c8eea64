//! `/confirmUser?client_id=…&user_name=…&confirmation_code=…`: the target of the confirmation link in a mail.
//!
//! *Documented*: the path and the parameters. [`follow_confirmation_link`] confirms the user as ConfirmSignUp does;
//! this file is only the page that a browser shows. A GET confirms, as at the service. A HEAD does not, because link
//! checkers send it. The page runs no script, loads nothing and sends no referrer.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use lido_runtime::{Bytes, server::body::from_bytes};

use crate::{
    app::App,
    html::escaped,
    operations::{ConfirmationLink, ConfirmationLinkError, Operation, Origin, follow_confirmation_link},
    query,
    rates::Rates,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
    wire::error::ErrorKind,
};

const ROUTES: &[Route] = &[Route::new("/confirmUser", "confirmation page")];

/// The headers of the page: it has no active content, cannot be framed, and its URL, which contains a code, is neither
/// cached nor sent as a referrer.
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

/// The title after a confirmation. *Reported*: the text of the service. *Chosen*: the status.
const CONFIRMED: &str = "Your registration has been confirmed!";

/// The title of a refusal. *Chosen*: the text.
const NOT_CONFIRMED: &str = "Your registration could not be confirmed.";

/// The surface of the page.
#[derive(Debug)]
pub(crate) struct ConfirmationPage {
    app: Arc<App>,
    rates: Option<Arc<Rates>>,
}

impl ConfirmationPage {
    /// Returns the page. A request for it is counted as one for ConfirmSignUp.
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { app, rates }
    }
}

#[async_trait]
impl Surface for ConfirmationPage {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    /// *Chosen*: the page is for the user with the link only, not for other web pages.
    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Deny
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let address = request.source.peer.0;
        if let Some(rates) = &self.rates
            && !rates.take(Operation::ConfirmSignUp, address).await
        {
            const TEXT: &str = "Too many requests; open the link again in a moment.";
            return page(StatusCode::TOO_MANY_REQUESTS, NOT_CONFIRMED, TEXT);
        }
        match request.head.method {
            Method::GET => follow(&self.app, request.head).await,
            Method::HEAD => page(StatusCode::OK, "Confirm your registration", "Open this link in a browser."),
            _ => {
                let mut response =
                    page(StatusCode::METHOD_NOT_ALLOWED, NOT_CONFIRMED, "Open this link in a browser.");
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                response
            }
        }
    }
}

/// Confirms the user of the link, and returns the page with the result.
async fn follow(app: &App, head: &Parts) -> HttpResponse {
    let mut link = ConfirmationLink::default();
    for (name, value) in query::pairs(head.uri.query().unwrap_or_default()) {
        match name.as_str() {
            "client_id" => link.client = value,
            "user_name" => link.username = value,
            "confirmation_code" => link.code = value,
            // Mail programs and click counters add parameters of their own.
            _ => {}
        }
    }
    match follow_confirmation_link(app, &Origin::of(head), &link).await {
        Ok(()) => page(StatusCode::OK, CONFIRMED, "You may close this window and sign in."),
        Err(ConfirmationLinkError::Damaged) => page(
            StatusCode::BAD_REQUEST,
            NOT_CONFIRMED,
            "The link is not whole; copy it from the mail once more.",
        ),
        Err(ConfirmationLinkError::Refused(error)) => {
            let status = match error.kind {
                ErrorKind::InternalErrorException => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::BAD_REQUEST,
            };
            page(status, NOT_CONFIRMED, &error.message)
        }
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> HttpResponse {
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
