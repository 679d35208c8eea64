//! `/_lido/…`: what a person or a test asks the server itself.
//!
//! `health` is everywhere; `messages` (the inbox) and `clock` are there only where the app has an inbox, which is
//! `lido dev`. None of it is signed: in `lido dev` whoever reaches the server may read the codes. A web page may not,
//! though a browser on the same machine opens it: neither one of another origin, nor one whose own name somebody has
//! made to lead here.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use lido_runtime::{
    Bytes,
    server::body::{BoxBody, from_bytes},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::{
    app::App,
    clock::rfc3339,
    delivery::{Filter, Inbox},
    operations::Origin,
    query,
};

/// A hundred years: what nobody wants to skip in one step.
const LONGEST_STEP: u64 = 100 * 366 * 24 * 60 * 60;

/// Answers for the server itself.
#[derive(Debug)]
pub(crate) struct Console {
    app: Arc<App>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Advance {
    advance_seconds: u64,
}

impl Console {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Answers a request to a path below `/_lido/`.
    pub(crate) async fn answer(&self, head: &Parts, body: &Bytes) -> Response<BoxBody> {
        let is_read = head.method == Method::GET || head.method == Method::HEAD;
        if head.uri.path() != "/_lido/health" && self.app.inbox.is_some() && !self.is_for_tools(head) {
            return told(
                StatusCode::FORBIDDEN,
                "This is for tools and tests: ask by an address, by localhost or by the host of --public-url, and not \
                 from a web page.",
            );
        }
        match (head.uri.path(), self.app.inbox.as_ref()) {
            ("/_lido/health", _) if is_read => self.health().await,
            ("/_lido/messages", Some(inbox)) if is_read => messages(inbox, head.uri.query().unwrap_or("")),
            ("/_lido/clock", Some(_)) if head.method == Method::POST => self.advance(body),
            ("/_lido/health", _) | ("/_lido/messages", Some(_)) => not_allowed("GET, HEAD"),
            ("/_lido/clock", Some(_)) => not_allowed("POST"),
            ("/_lido/messages" | "/_lido/clock", None) => {
                told(StatusCode::NOT_FOUND, "This is there in lido dev only.")
            }
            _ => told(StatusCode::NOT_FOUND, "There is no such page; try /_lido/health."),
        }
    }

    /// Whether no page of another site can be behind the request. Browsers say on whose behalf they write in `Origin`,
    /// and by which name they have come in `Host`: one with dots may be anybody's.
    fn is_for_tools(&self, head: &Parts) -> bool {
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
            // Every browser says one.
            None => !head.headers.contains_key(header::HOST),
        }
    }

    async fn health(&self) -> Response<BoxBody> {
        match self.app.store.check_health().await {
            Ok(()) => respond(StatusCode::OK, &json!({"status": "ok"})),
            Err(fault) => {
                tracing::error!(%fault, "the store does not answer");
                respond(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "unavailable"}))
            }
        }
    }

    fn advance(&self, body: &Bytes) -> Response<BoxBody> {
        match serde_json::from_slice::<Advance>(body) {
            Ok(Advance { advance_seconds }) if advance_seconds <= LONGEST_STEP => {
                let now = self.app.clock.advance(Duration::from_secs(advance_seconds));
                respond(StatusCode::OK, &json!({"now": rfc3339(now)}))
            }
            Ok(_) => told(StatusCode::BAD_REQUEST, "advanceSeconds is more than a hundred years."),
            Err(_) => told(
                StatusCode::BAD_REQUEST,
                "The body must be {\"advanceSeconds\": N} with a whole number of seconds; time goes forward only.",
            ),
        }
    }
}

fn messages(inbox: &Inbox, query: &str) -> Response<BoxBody> {
    let mut filter = Filter::default();
    for (name, value) in query::pairs(query) {
        match name.as_str() {
            "userPoolId" => filter.user_pool_id = Some(value),
            "username" => filter.username = Some(value),
            "to" => filter.to = Some(value),
            // A misspelt filter would otherwise show everybody's codes as if they were one's own.
            _ => {
                return told(
                    StatusCode::BAD_REQUEST,
                    "Messages can be asked for by userPoolId, username and to.",
                );
            }
        }
    }
    respond(StatusCode::OK, &json!({"messages": inbox.messages(&filter)}))
}

fn not_allowed(methods: &'static str) -> Response<BoxBody> {
    let mut response = told(StatusCode::METHOD_NOT_ALLOWED, &format!("Ask by {methods}."));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

fn told(status: StatusCode, message: &str) -> Response<BoxBody> {
    respond(status, &json!({"message": message}))
}

fn respond(status: StatusCode, body: &Value) -> Response<BoxBody> {
    let mut response = Response::new(from_bytes(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
