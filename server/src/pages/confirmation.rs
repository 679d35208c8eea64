//! `/confirmUser?client_id=…&user_name=…&confirmation_code=…`: the target of the confirmation link in a mail.
//!
//! *Documented*: the path and the parameters. [`follow_confirmation_link`] confirms the user as ConfirmSignUp does;
//! this file is only the page that a browser shows, which looks as the sign-in pages of the app client do. A GET confirms, as
//! at the service. A HEAD does not, because link checkers send it.

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header};
use lido_domain::id::ClientId;

use super::{kept::Flash, looks};
use crate::{
    app::App,
    oauth::{
        browser::{BrowserEndpoints, Visit},
        form,
        page::{View, page},
    },
    operations::{
        ConfirmationLink, ConfirmationLinkError, Operation, follow_confirmation_link,
        oauth::looks::find_looks_of_client,
    },
    query,
    rates::Rates,
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
    wire::error::ErrorKind,
};

const ROUTES: &[Route] = &[Route::new("/confirmUser", "confirmation page")];

/// The texts after a confirmation. *Reported*: the English title, of the service. *Chosen*: the status.
const CONFIRMED: [&str; 2] = ["link-confirmed-title", "link-confirmed-text"];

/// The texts for a browser that has not opened the link.
const UNOPENED: [&str; 2] = ["link-unopened-title", "link-unopened-text"];

/// The title of a refusal. *Chosen*: the text.
const REFUSED: &str = "link-refused-title";

/// The surface of the page.
#[derive(Debug)]
pub(crate) struct ConfirmationPage {
    endpoints: BrowserEndpoints,
}

impl ConfirmationPage {
    /// Returns the page. A request for it is counted as one for ConfirmSignUp.
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { endpoints: BrowserEndpoints::new(app, rates) }
    }

    /// Confirms the user of the link, and returns the page with the result.
    async fn follow(&self, visit: &Visit<'_>) -> HttpResponse {
        let (app, language) = (self.endpoints.app.as_ref(), visit.language(&self.endpoints.app));
        let link = read_link(form::query(visit.head));
        let (status, mut view) = match follow_confirmation_link(app, &visit.origin, &link).await {
            Ok(()) => (StatusCode::OK, message(visit, app, CONFIRMED)),
            Err(ConfirmationLinkError::Damaged) => {
                return page(
                    app,
                    visit,
                    StatusCode::BAD_REQUEST,
                    &message(visit, app, [REFUSED, "link-damaged"]),
                );
            }
            Err(ConfirmationLinkError::Refused(error)) => {
                let status = match error.kind {
                    ErrorKind::InternalErrorException => StatusCode::INTERNAL_SERVER_ERROR,
                    _ => StatusCode::BAD_REQUEST,
                };
                let mut view = View::new(language, visit.up(), language.text(REFUSED));
                view.notice = Some(Flash::api(error.message).notice(language));
                (status, view)
            }
        };
        let client = ClientId::new(link.client);
        if let Some((pool, found)) = find_looks_of_client(app, &visit.origin, &client).await {
            view.looks = looks::of(&found, visit, &pool);
        }
        page(app, visit, status, &view)
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
        let visit = Visit::of(&self.endpoints.app, &request).await;
        if !self.endpoints.takes_operation(Operation::ConfirmSignUp, &visit).await {
            return self.endpoints.throttled(&visit);
        }
        let app = self.endpoints.app.as_ref();
        match request.head.method {
            Method::GET => self.follow(&visit).await,
            Method::HEAD => page(app, &visit, StatusCode::OK, &message(&visit, app, UNOPENED)),
            _ => {
                let [_, text] = UNOPENED;
                let view = message(&visit, app, [REFUSED, text]);
                let mut response = page(app, &visit, StatusCode::METHOD_NOT_ALLOWED, &view);
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                response
            }
        }
    }

    async fn refuse_body(&self, request: RoutedRequest<'_>, status: StatusCode) -> Option<HttpResponse> {
        self.endpoints.refuse_body(request, status).await
    }
}

/// Returns the page that says one thing, by the keys of its title and its text.
fn message(visit: &Visit<'_>, app: &App, [title, text]: [&str; 2]) -> View {
    let language = visit.language(app);
    View::message(language, visit.up(), language.text(title), language.text(text))
}

/// Reads the link in the query of a request.
fn read_link(query: &str) -> ConfirmationLink {
    let mut link = ConfirmationLink::default();
    for (name, value) in query::pairs(query) {
        match name.as_str() {
            "client_id" => link.client = value,
            "user_name" => link.username = value,
            "confirmation_code" => link.code = value,
            // Mail programs and click counters add parameters of their own.
            _ => {}
        }
    }
    link
}
