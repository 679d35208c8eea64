//! The endpoints that a browser visits: authorize, logout and the error page. The pages between them are in
//! [`crate::pages`].
//!
//! Pages of other origins may not read them (*Documented*, oau-0082).

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use lido_domain::{
    flow::oauth::{
        authorize::{PageError, RedirectTarget},
        logout::LogoutTarget,
    },
    id::PoolId,
    oauth::parameters::RequestParameters,
};

use super::{
    cookies::{Cookies, LANGUAGE},
    fault::{self, EndpointFault},
    form,
    page::{self, View},
    place::Place,
    redirect, response,
};
use crate::{
    app::App,
    language::Language,
    operations::{
        Operation, Origin,
        oauth::{
            authorize::{self, AuthorizationResponse, AuthorizeAnswer, BrowserRequest},
            logout::{self, LogoutAnswer},
        },
    },
    rates::{PAGES, Rates},
    surface::{CrossOrigin, HttpResponse, RequestSource, Route, RoutedRequest, Surface},
};

const ROUTES: &[Route] = &[
    Route::new("/oauth2/authorize", "authorize"),
    Route::new("/{pool}/oauth2/authorize", "authorize"),
    // *Chosen*: without `/oauth2` too, as samples of the service's guide have it.
    Route::new("/authorize", "authorize"),
    Route::new("/{pool}/authorize", "authorize"),
    Route::new("/logout", "logout"),
    Route::new("/{pool}/logout", "logout"),
    Route::new("/error", "error page"),
    Route::new("/{pool}/error", "error page"),
];

/// The category of rate limits in which a sign-in by a session counts.
const SIGN_INS: &str = "UserAuthentication";

/// The maximum length of a request for authorization in bytes (*Chosen*): it goes into a URL of the page.
const MAX_QUERY: usize = 16 * 1_024;

/// The surface of the endpoints.
#[derive(Debug)]
pub(crate) struct BrowserEndpoints {
    pub(crate) app: Arc<App>,
    rates: Option<Arc<Rates>>,
}

/// A request of a browser for an endpoint.
pub(crate) struct Visit<'a> {
    pub(crate) place: Place,
    pub(crate) origin: Origin,
    pub(crate) head: &'a Parts,
    source: RequestSource,
}

impl<'v> Visit<'v> {
    /// Returns the visit of a request.
    pub(crate) async fn of(app: &App, request: &RoutedRequest<'v>) -> Self {
        Self {
            place: Place::of(app, request, true).await,
            origin: Origin::of(request.head),
            head: request.head,
            source: request.source,
        }
    }

    /// Returns the language of the page.
    pub(crate) fn language(&self, app: &App) -> Language {
        let parameters = form::parameters(form::query(self.head).as_bytes());
        let named = parameters.find("lang").ok().flatten();
        let kept = self.place.pool.as_ref().and_then(|pool| self.cookies(app).find(LANGUAGE, pool));
        let accepted = self.head.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::choose(named, kept.as_deref(), accepted)
    }

    /// Returns the relative path from the page to the place of the endpoints. It is relative because a proxy may have another
    /// host and another path in front.
    pub(crate) fn up(&self) -> &'static str {
        let path = self.head.uri.path();
        let path = match &self.place.pool {
            Some(pool) => {
                path.strip_prefix('/').and_then(|path| path.strip_prefix(pool.as_str())).unwrap_or(path)
            }
            None => path,
        };
        match path.matches('/').count() {
            0 | 1 => "",
            2 => "../",
            _ => "../../",
        }
    }

    /// Returns the cookies of the request.
    pub(crate) fn cookies<'a>(&'a self, app: &'a App) -> Cookies<'a> {
        Cookies::new(app, &self.place, &self.head.headers)
    }

    /// Returns the request as the units of work take it.
    pub(crate) fn browser<'a>(&'a self, parameters: &'a RequestParameters) -> BrowserRequest<'a> {
        BrowserRequest { pool: self.place.pool.as_ref(), parameters }
    }
}

impl BrowserEndpoints {
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { app, rates }
    }

    /// Counts a request in a category, and returns whether it is within the limits.
    pub(crate) async fn takes(&self, category: &str, visit: &Visit<'_>) -> bool {
        match &self.rates {
            Some(rates) => rates.take_in(category, visit.source.peer.0).await,
            None => true,
        }
    }

    /// Returns the response of a request that fails on demand.
    pub(crate) async fn strike(&self, visit: &Visit<'_>) -> Option<HttpResponse> {
        match fault::strike(&self.app, visit.head).await? {
            EndpointFault::Throttle => Some(self.throttled(visit)),
            EndpointFault::Internal => Some(self.fault(visit)),
        }
    }

    /// Counts a request as one for an operation, and returns whether it is within the limits.
    pub(crate) async fn takes_operation(&self, operation: Operation, visit: &Visit<'_>) -> bool {
        match &self.rates {
            Some(rates) => rates.take(operation, visit.source.peer.0).await,
            None => true,
        }
    }

    async fn authorize(&self, visit: &Visit<'_>, body: &[u8]) -> HttpResponse {
        let app = self.app.as_ref();
        // OpenID Connect Core, section 3.1.2.1, wants POST too; the service has GET only (oau-0013).
        let encoded = match visit.head.method {
            Method::GET => form::query(visit.head).as_bytes(),
            Method::POST if app.settings.is_strict_oauth && form::is_form(visit.head) => body,
            _ => return response::method_not_allowed(app, &visit.place, "GET"),
        };
        if encoded.len() > MAX_QUERY {
            return self.unread(visit, StatusCode::PAYLOAD_TOO_LARGE);
        }
        let (parameters, cookies) = (form::parameters(encoded), visit.cookies(app));
        if !self.takes(category_of(&cookies), visit).await {
            return self.throttled(visit);
        }
        let session = |pool: &_| cookies.session(pool);
        match authorize::authorize(app, &visit.origin, &visit.browser(&parameters), &session).await {
            // The whole query goes along as it came (oau-0014). A body is not limited to what a URL may have.
            AuthorizeAnswer::ShowPage => {
                let query = match visit.head.method {
                    Method::POST => form::encode(encoded),
                    _ => form::query(visit.head).to_owned(),
                };
                response::redirect(app, &visit.place, &format!("{}/login?{query}", visit.place.base))
            }
            answer => self.answer(visit, answer),
        }
    }

    /// Returns the response of an answer other than the sign-in page.
    pub(crate) fn answer(&self, visit: &Visit<'_>, answer: AuthorizeAnswer) -> HttpResponse {
        match answer {
            AuthorizeAnswer::Redirect(pool, target, response) => {
                self.redirect_to_client(visit, &pool, &target, &response)
            }
            AuthorizeAnswer::ErrorPage(error) => self.redirect_to_error(visit, &error),
            AuthorizeAnswer::ShowPage | AuthorizeAnswer::Fault => self.fault(visit),
        }
    }

    /// Returns the redirect that answers the app client.
    pub(crate) fn redirect_to_client(
        &self,
        visit: &Visit<'_>,
        pool: &PoolId,
        target: &RedirectTarget,
        answer: &AuthorizationResponse,
    ) -> HttpResponse {
        let app = self.app.as_ref();
        if let AuthorizationResponse::Error(error) = answer {
            tracing::info!(?error, "the app client gets an error");
        }
        let is_strict = app.settings.is_strict_oauth;
        let issuer = is_strict.then(|| app.issuer(&visit.origin, pool));
        let location = redirect::location(target, answer, issuer.as_deref(), is_strict);
        response::redirect(app, &visit.place, &location)
    }

    fn redirect_to_error(&self, visit: &Visit<'_>, error: &PageError) -> HttpResponse {
        let client = match error {
            PageError::RedirectMismatch(client) => Some(("client_id", client.as_str())),
            _ => None,
        };
        let pairs = std::iter::once(("error", error.text())).chain(client);
        tracing::info!(?error, "the browser is sent to the error page");
        let location = redirect::with_query(&format!("{}/error", visit.place.base), pairs);
        response::redirect(&self.app, &visit.place, &location)
    }

    /// Returns the page for a request beyond the rate limits, which are counted by the second.
    pub(crate) fn throttled(&self, visit: &Visit<'_>) -> HttpResponse {
        let (status, texts) = (StatusCode::TOO_MANY_REQUESTS, ["throttled-title", "throttled-text"]);
        let mut response = page::message(&self.app, visit, status, texts, again(visit));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        response
    }

    /// Returns the page for a fault of the server, which is in the log.
    pub(crate) fn fault(&self, visit: &Visit<'_>) -> HttpResponse {
        let (status, texts) = (StatusCode::INTERNAL_SERVER_ERROR, ["fault-title", "fault-text"]);
        page::message(&self.app, visit, status, texts, again(visit))
    }

    /// Returns the page for a form, or a request for authorization, that was not read. A browser shows it to a person.
    pub(crate) fn unread(&self, visit: &Visit<'_>, status: StatusCode) -> HttpResponse {
        let texts = match status {
            StatusCode::PAYLOAD_TOO_LARGE => ["too-large-title", "too-large-text"],
            StatusCode::SERVICE_UNAVAILABLE => ["throttled-title", "throttled-text"],
            _ => ["unread-title", "unread-text"],
        };
        page::message(
            &self.app,
            visit,
            status,
            texts,
            again(visit).filter(|(link, _)| link.len() < MAX_QUERY),
        )
    }

    async fn log_out(&self, visit: &Visit<'_>) -> HttpResponse {
        let app = self.app.as_ref();
        if visit.head.method != Method::GET {
            return response::method_not_allowed(app, &visit.place, "GET");
        }
        let query = form::query(visit.head);
        let (parameters, cookies) = (form::parameters(query.as_bytes()), visit.cookies(app));
        if !self.takes(category_of(&cookies), visit).await {
            return self.throttled(visit);
        }
        let session = |pool: &_| cookies.session(pool);
        let (pool, target) =
            match logout::log_out(app, &visit.origin, &visit.browser(&parameters), &session).await {
                LogoutAnswer::SignedOut(pool, target) => (pool, target),
                LogoutAnswer::ErrorPage(error) => return self.redirect_to_error(visit, &error),
                LogoutAnswer::Fault => return self.fault(visit),
            };
        let location = match &target {
            LogoutTarget::SignedOut { url, state } => {
                redirect::with_query(url, state.as_deref().map(|state| ("state", state)))
            }
            LogoutTarget::SignIn => format!("{}/login?{query}", visit.place.base),
        };
        let mut response = response::redirect(app, &visit.place, &location);
        cookies.set_session(&mut response, &pool, None);
        response
    }

    /// Returns the error page (*Observed*, oau-0258). It links nowhere. *Chosen*: it shows the texts of this server only, since
    /// anyone can lead a user here with another one.
    fn error_page(&self, visit: &Visit<'_>) -> HttpResponse {
        let parameters = form::parameters(form::query(visit.head).as_bytes());
        let error = parameters.find("error").ok().flatten().unwrap_or_default();
        let language = visit.language(&self.app);
        let text = PageError::find_text(error).map_or_else(|| language.text("error-text"), Cow::Borrowed);
        let mut view = View::message(language, visit.up(), language.text("error-title"), text);
        view.intro.push(language.text("error-advice"));
        page::page(&self.app, visit, StatusCode::BAD_REQUEST, &view)
    }
}

/// Returns the link by which a page is opened again, if its request is in the URL.
fn again(visit: &Visit<'_>) -> Option<(String, &'static str)> {
    let query = form::query(visit.head);
    (!query.is_empty()).then(|| (format!("?{query}"), "try-again-link"))
}

/// Returns the category of a request: a session is a sign-in, and only with one is anything stored. A request without one
/// counts as a sign-in when its form is sent.
fn category_of(cookies: &Cookies<'_>) -> &'static str {
    if cookies.has_session() { SIGN_INS } else { PAGES }
}

#[async_trait]
impl Surface for BrowserEndpoints {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Deny
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let visit = Visit::of(&self.app, &request).await;
        if let Some(failed) = self.strike(&visit).await {
            return failed;
        }
        let path = request.path.strip_prefix("/{pool}").unwrap_or(request.path);
        // Authorize and logout count by their session.
        if path == "/error" && !self.takes(PAGES, &visit).await {
            return self.throttled(&visit);
        }
        match path {
            "/oauth2/authorize" | "/authorize" => self.authorize(&visit, request.body).await,
            "/logout" => self.log_out(&visit).await,
            _ => self.error_page(&visit),
        }
    }

    async fn refuse_body(&self, request: RoutedRequest<'_>, status: StatusCode) -> Option<HttpResponse> {
        Some(self.unread(&Visit::of(&self.app, &request).await, status))
    }
}
