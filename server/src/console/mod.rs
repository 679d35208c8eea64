//! `/_lido/…`: the surface for tools and tests.
//!
//! `health` is always served; `messages` (the inbox) and `clock` (the test clock) only if the app has an inbox, in
//! `lido dev`. Requests are not signed: every client that reaches `lido dev` can read the codes. Web pages in a browser
//! on the same machine cannot: neither those of another origin, nor those whose host name was made to resolve to this
//! server (DNS rebinding).

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use lido_runtime::{Bytes, server::body::from_bytes};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{
    app::App,
    clock::rfc3339,
    delivery::{Filter, Inbox},
    operations::Origin,
    query,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
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

    /// Returns whether no web page of another site can have sent the request.
    ///
    /// Browsers send the page's origin in `Origin`, and the name that they resolved in `Host`. Any site can let a name
    /// with dots resolve to this server, so it must be the host of `--public-url`.
    fn is_from_tool(&self, head: &Parts) -> bool {
        let public = self.app.settings.public_url.as_deref();
        let own = Origin::of(head).base();
        let page = head.headers.get(header::ORIGIN).map(|page| page.to_str().unwrap_or_default());
        if page.is_some_and(|page| Some(page) != own.as_deref() && Some(page) != public) {
            return false;
        }
        let host_of = |base: Option<&str>| Url::parse(base?).ok()?.host().map(|host| host.to_owned());
        match host_of(own.as_deref()) {
            Some(Host::Domain(name)) => {
                !name.contains('.')
                    || name.ends_with(".localhost")
                    || host_of(public) == Some(Host::Domain(name))
            }
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            // Every browser sends a Host header.
            None => !head.headers.contains_key(header::HOST),
        }
    }

    async fn health(&self) -> HttpResponse {
        match self.app.store.check_health().await {
            Ok(()) => json_response(StatusCode::OK, &json!({"status": "ok"})),
            Err(fault) => {
                tracing::error!(%fault, "the store does not respond");
                json_response(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"}))
            }
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

    /// *Chosen*: no headers for cross-origin requests, because responses contain codes in clear text.
    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Ignore
    }

    async fn respond(&self, RoutedRequest { path, head, body, .. }: RoutedRequest<'_>) -> HttpResponse {
        let is_get = head.method == Method::GET || head.method == Method::HEAD;
        if path != HEALTH && self.app.inbox.is_some() && !self.is_from_tool(head) {
            return message_response(
                StatusCode::FORBIDDEN,
                "This is for tools and tests: ask by an address, by localhost or by the host of --public-url, and not \
                 from a web page.",
            );
        }
        match (path, self.app.inbox.as_ref()) {
            (HEALTH, _) if is_get => self.health().await,
            (MESSAGES, Some(inbox)) if is_get => {
                self.app.outbox.settle().await;
                messages(inbox, head.uri.query().unwrap_or(""))
            }
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
