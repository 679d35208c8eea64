//! `/_lido/…`: the surface for tools and tests.
//!
//! [`endpoints`] has the table of what is served; a file for each noun has the handlers. `lido serve` answers the health
//! check alone, and everything else as an unknown path. Requests are not signed: every client that reaches `lido dev` can
//! read the codes. Web pages in a browser on the same machine cannot ([`web_page`]), except that the origins of
//! `--inbox-origin` may read the inbox.

mod clock;
mod document;
mod endpoint;
mod endpoints;
mod faults;
mod health;
mod messages;
mod pools;
mod problem;
mod reset;
mod seed;
#[cfg(test)]
mod tests;
mod users;

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use http::{HeaderValue, Method, Response, header, request::Parts};
use lido_runtime::server::body::from_bytes;
use tokio::sync::{Mutex, Semaphore};

use self::{
    endpoint::{Answer, Availability, Call, ConsoleLocks, Endpoint, Readers, Verb},
    endpoints::ENDPOINTS,
    problem::{Problem, ProblemKind},
};
use crate::{
    app::App,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface, web_page},
};

/// The most requests that wait for a message at once.
const MAX_WAITS: usize = 256;

/// Every path of the table once, and the paths that are none.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let mut paths: Vec<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.path).collect();
    paths.extend(["/_lido/", "/_lido/{*other}"]);
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter().map(|path| Route::new(path, "console")).collect()
});

/// The surface of the console.
#[derive(Debug)]
pub(crate) struct Console {
    app: Arc<App>,
    locks: ConsoleLocks,
}

/// The sender of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender<'a> {
    /// A tool, or a page of this server.
    Tool,
    /// A page of an origin that may read the inbox.
    InboxPage(&'a str),
    /// Another page.
    Page,
}

impl Console {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app, locks: ConsoleLocks { waits: Semaphore::new(MAX_WAITS), resets: Mutex::new(()) } }
    }

    /// Returns who sent the request.
    fn sender<'a>(&self, head: &'a Parts) -> Sender<'a> {
        let settings = &self.app.settings;
        let public_url = settings.public_url.as_deref();
        match web_page::foreign_origin(head, public_url) {
            Some(page) if settings.inbox_origins.iter().any(|allowed| allowed == page) => {
                Sender::InboxPage(page)
            }
            None if web_page::has_own_host(head, public_url) => Sender::Tool,
            _ => Sender::Page,
        }
    }

    /// Finds the endpoint of a request.
    ///
    /// # Errors
    /// The path is not served here, it has no such method, or the sender may not use it.
    fn find(&self, path: &str, method: &Method, sender: Sender<'_>) -> Result<&'static Endpoint, Problem> {
        let is_dev = self.app.inbox.is_some();
        let served = |endpoint: &&'static Endpoint| {
            endpoint.path == path && (is_dev || endpoint.availability == Availability::Always)
        };
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let is_asked = |endpoint: &&'static Endpoint| endpoint.verb.as_str() == method.as_str();
        let mut endpoints = ENDPOINTS.iter().filter(served).peekable();
        let is_open = endpoints.peek().is_some_and(|endpoint| endpoint.readers == Readers::Everyone);
        let found = endpoints.find(is_asked);
        let is_allowed = match (sender, found) {
            (Sender::Tool, _) => true,
            (_, _) if !is_dev || is_open => true,
            (Sender::InboxPage(_), Some(endpoint)) => endpoint.readers == Readers::InboxPages,
            _ => false,
        };
        if !is_allowed {
            return Err(Problem::new(
                ProblemKind::Forbidden,
                "This is for tools and tests: ask by an address, by localhost or by the host of --public-url, and \
                 not from a web page. --inbox-origin lets the pages of an origin read the messages.",
            ));
        }
        found.ok_or_else(|| match methods(path, is_dev) {
            methods if methods.is_empty() => Problem::unknown_path(),
            methods => Problem::new(ProblemKind::MethodNotAllowed, format!("Ask by {methods}.")),
        })
    }
}

/// Returns the methods of a path that this server serves; none if it does not serve the path.
fn methods(path: &str, is_dev: bool) -> String {
    let served = ENDPOINTS.iter().filter(|endpoint| {
        endpoint.path == path && (is_dev || endpoint.availability == Availability::Always)
    });
    let names = served.map(|endpoint| match endpoint.verb {
        Verb::Get => "GET, HEAD",
        verb => verb.as_str(),
    });
    names.collect::<Vec<_>>().join(", ")
}

#[async_trait]
impl Surface for Console {
    fn routes(&self) -> &'static [Route] {
        &ROUTES
    }

    /// *Chosen*: no headers for cross-origin requests, because responses contain codes in clear text. The console itself
    /// adds those for the origins of `--inbox-origin`.
    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Ignore
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let RoutedRequest { path, head, .. } = request;
        let sender = self.sender(head);
        let found = self.find(path, &head.method, sender);
        let answer = match &found {
            Ok(endpoint) => match Call::read(&self.app, endpoint, request, &self.locks) {
                Ok(call) => (endpoint.handler)(call).await,
                Err(problem) => Err(problem),
            },
            Err(problem) => Err(problem.clone()),
        };
        let mut response = response(answer);
        let headers = response.headers_mut();
        match (&found, sender) {
            (Ok(endpoint), Sender::InboxPage(page)) if endpoint.readers == Readers::InboxPages => {
                headers.extend(
                    HeaderValue::from_str(page).map(|page| (header::ACCESS_CONTROL_ALLOW_ORIGIN, page)),
                );
                headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            }
            (Err(Problem { error: ProblemKind::MethodNotAllowed, .. }), _) => {
                let methods = methods(path, self.app.inbox.is_some());
                headers.extend(HeaderValue::try_from(methods).map(|methods| (header::ALLOW, methods)));
            }
            _ => {}
        }
        response
    }
}

/// Makes the response of an answer or an error.
fn response(answer: Result<Answer, Problem>) -> HttpResponse {
    let answer = answer.or_else(|problem| Answer::with_status(problem.error.status(), &problem));
    // A problem is text alone, which can be written.
    let Answer { status, content_type, body } = answer.unwrap_or_else(|_| Answer::empty());
    let mut response = Response::new(from_bytes(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
