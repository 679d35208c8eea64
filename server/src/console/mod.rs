//! `/_lido/…`: the surface for tools and tests.
//!
//! `health` is always served; `messages` (the inbox) and `clock` (the test clock) only if the app has an inbox, in
//! `lido dev`. Requests are not signed: every client that reaches `lido dev` can read the codes. Web pages in a browser
//! on the same machine cannot ([`web_page`]), except that the origins of `--inbox-origin` may read the inbox.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use lido_runtime::{Bytes, server::body::from_bytes};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    app::App,
    clock::rfc3339,
    delivery::{Filter, Inbox},
    query,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface, web_page},
};

const HEALTH: &str = "/_lido/health";
const MESSAGES: &str = "/_lido/messages";
const CLOCK: &str = "/_lido/clock";

const ROUTES: &[Route] = &[
    Route::new(HEALTH, "console"),
    Route::new(MESSAGES, "console"),
    Route::new(CLOCK, "console"),
    Route::new("/_lido/", "console"),
    Route::new("/_lido/{*other}", "console"),
];

/// The most seconds that a request can set the clock forward: a hundred years.
const MAX_ADVANCE: u64 = 100 * 366 * 24 * 60 * 60;

/// The surface of the console.
#[derive(Debug)]
pub(crate) struct Console {
    app: Arc<App>,
}

/// The sender of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender<'a> {
    /// A tool, or a page of this server.
    Tool,
    /// A page of an origin that may read the inbox.
    AllowedPage(&'a str),
    /// Another page.
    Page,
}

/// The body of `POST /_lido/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AdvanceRequest {
    advance_seconds: u64,
}

impl Console {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Returns who sent the request.
    fn sender<'a>(&self, head: &'a Parts) -> Sender<'a> {
        let settings = &self.app.settings;
        let public_url = settings.public_url.as_deref();
        match web_page::foreign_origin(head, public_url) {
            Some(page) if settings.inbox_origins.iter().any(|allowed| allowed == page) => {
                Sender::AllowedPage(page)
            }
            None if web_page::has_own_host(head, public_url) => Sender::Tool,
            _ => Sender::Page,
        }
    }

    /// Returns the messages of the inbox that the query selects, once those of earlier answers have arrived in it.
    async fn messages(&self, inbox: &Inbox, head: &Parts) -> HttpResponse {
        self.app.outbox.settle().await;
        messages(inbox, head.uri.query().unwrap_or(""))
    }

    async fn health(&self) -> HttpResponse {
        match self.app.check_health().await {
            Ok(()) => json_response(StatusCode::OK, &json!({"status": "ok"})),
            // The reason is for the log only.
            Err(_) => json_response(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"})),
        }
    }

    fn advance(&self, body: &Bytes) -> HttpResponse {
        match serde_json::from_slice::<AdvanceRequest>(body) {
            Ok(AdvanceRequest { advance_seconds }) if advance_seconds <= MAX_ADVANCE => {
                let now = self.app.clock.advance(Duration::from_secs(advance_seconds));
                json_response(StatusCode::OK, &json!({"now": rfc3339(now)}))
            }
            Ok(_) => {
                message_response(StatusCode::BAD_REQUEST, "advanceSeconds is more than a hundred years.")
            }
            Err(_) => message_response(
                StatusCode::BAD_REQUEST,
                "The body must be {\"advanceSeconds\": N} with a whole number of seconds; time goes forward only.",
            ),
        }
    }
}

#[async_trait]
impl Surface for Console {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    /// *Chosen*: no headers for cross-origin requests, because responses contain codes in clear text. The console itself
    /// adds those for the origins of `--inbox-origin`.
    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Ignore
    }

    async fn respond(&self, RoutedRequest { path, head, body, .. }: RoutedRequest<'_>) -> HttpResponse {
        let is_get = head.method == Method::GET || head.method == Method::HEAD;
        let sender = self.sender(head);
        if path != HEALTH && self.app.inbox.is_some() && sender != Sender::Tool {
            return match (sender, path, self.app.inbox.as_ref()) {
                (Sender::AllowedPage(page), MESSAGES, Some(inbox)) if is_get => {
                    readable_by(page, self.messages(inbox, head).await)
                }
                _ => message_response(
                    StatusCode::FORBIDDEN,
                    "This is for tools and tests: ask by an address, by localhost or by the host of --public-url, and \
                     not from a web page. --inbox-origin lets the pages of an origin read the messages.",
                ),
            };
        }
        match (path, self.app.inbox.as_ref()) {
            (HEALTH, _) if is_get => self.health().await,
            (MESSAGES, Some(inbox)) if is_get => self.messages(inbox, head).await,
            (CLOCK, Some(_)) if head.method == Method::POST => self.advance(body),
            (HEALTH, _) | (MESSAGES, Some(_)) => not_allowed("GET, HEAD"),
            (CLOCK, Some(_)) => not_allowed("POST"),
            (MESSAGES | CLOCK, None) => {
                message_response(StatusCode::NOT_FOUND, "This is there in lido dev only.")
            }
            _ => message_response(StatusCode::NOT_FOUND, "There is no such page; try /_lido/health."),
        }
    }
}

/// Lets the pages of an origin read a response.
fn readable_by(page: &str, mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    if let Ok(page) = HeaderValue::from_str(page) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn messages(inbox: &Inbox, query: &str) -> HttpResponse {
    let mut filter = Filter::default();
    for (name, value) in query::pairs(query) {
        match name.as_str() {
            "userPoolId" => filter.user_pool_id = Some(value),
            "username" => filter.username = Some(value),
            "to" => filter.to = Some(value),
            // A misspelt filter would otherwise show the codes of all users as if they were those of one.
            _ => {
                return message_response(
                    StatusCode::BAD_REQUEST,
                    "Messages can be asked for by userPoolId, username and to.",
                );
            }
        }
    }
    json_response(StatusCode::OK, &json!({"messages": inbox.messages(&filter)}))
}

fn not_allowed(methods: &'static str) -> HttpResponse {
    let mut response = message_response(StatusCode::METHOD_NOT_ALLOWED, &format!("Ask by {methods}."));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

fn message_response(status: StatusCode, message: &str) -> HttpResponse {
    json_response(status, &json!({"message": message}))
}

fn json_response(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = Response::new(from_bytes(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
