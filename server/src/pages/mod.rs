//! Managed login: the pages on which users sign in, the images that they show ([`assets`]), and the target of the
//! confirmation link in a mail ([`confirmation`]).
//!
//! [`screens`] has the table of the screens, from which their routes follow. A screen is two functions: what it shows, and
//! what becomes of its form. What a form means is decided by the operations of the API and their rules
//! ([`crate::operations::oauth`]); here are only forms, texts and the way from one screen to the next. What a browser keeps on
//! that way is in [`kept`], how pages look in [`crate::oauth::page`], the texts in [`crate::language`].

mod add_passkey;
mod answer;
mod assets;
mod authenticator;
mod choice;
mod code;
mod confirm;
mod confirmation;
mod fields;
mod forgot_password;
mod kept;
mod looks;
mod new_password;
mod page;
mod passkey;
mod password;
mod screens;
mod sign_in;
mod sign_up;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode};
use lido_domain::oauth::parameters::RequestParameters;
use subtle::ConstantTimeEq as _;

pub(crate) use self::{assets::BrandingImages, confirmation::ConfirmationPage};
use self::{
    page::Page,
    screens::{Entry, ROUTES, ScreenId},
};
use crate::{
    app::App,
    oauth::{
        browser::{BrowserEndpoints, Visit},
        form,
        page::{ASSETS, asset, message},
        response,
    },
    operations::oauth::{
        authorize::PageRequest,
        looks::{PageLooks, find_looks},
        sign_in::read_page,
    },
    rates::{PAGES, Rates},
    surface::{CrossOrigin, HttpResponse, Route, RoutedRequest, Surface},
};

/// Returns the paths of the screens.
#[cfg(any(test, feature = "fakes"))]
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    screens::SCREENS.iter().map(|entry| entry.path)
}

/// The surface of the screens.
#[derive(Debug)]
pub(crate) struct ManagedLogin {
    endpoints: BrowserEndpoints,
}

impl ManagedLogin {
    pub(crate) fn new(app: Arc<App>, rates: Option<Arc<Rates>>) -> Self {
        Self { endpoints: BrowserEndpoints::new(app, rates) }
    }

    async fn show(&self, visit: &Visit<'_>, entry: &Entry) -> HttpResponse {
        if !self.endpoints.takes(PAGES, visit).await {
            return self.endpoints.throttled(visit);
        }
        let (request, looks) = match self.read(visit, true).await {
            Ok(read) => read,
            Err(answer) => return answer,
        };
        let cookies = visit.cookies(&self.endpoints.app);
        let Ok(random) = self.endpoints.app.entropy.bytes() else { return self.endpoints.fault(visit) };
        // A token stays the same until a sign-in, so that forms in several tabs are good. Any other text is replaced.
        let csrf = cookies.csrf(request.pool_id());
        let csrf = csrf.unwrap_or_else(|| cookies.new_csrf(request.pool_id(), &random));
        let page = Page::new(&self.endpoints, visit, entry.id, request, csrf, looks);
        let answer = entry.screen.show(&page).await;
        page.respond(answer, true)
    }

    async fn submit(&self, visit: &Visit<'_>, entry: &Entry, body: &[u8]) -> HttpResponse {
        if !self.endpoints.takes_operation(entry.operation, visit).await {
            return self.endpoints.throttled(visit);
        }
        // A form leads to another page, which has the look.
        let (request, looks) = match self.read(visit, false).await {
            Ok(read) => read,
            Err(answer) => return answer,
        };
        let sent =
            if form::is_form(visit.head) { form::parameters(body) } else { RequestParameters::default() };
        let csrf = visit.cookies(&self.endpoints.app).csrf(request.pool_id());
        let field = sent.find("_csrf").ok().flatten().unwrap_or_default();
        let Some(csrf) = csrf.filter(|csrf| is_own_form(&visit.head.headers, csrf, field)) else {
            // A form of a tab that was open before a sign-in has a former token. It is refused like a forged one.
            let (app, texts) = (&self.endpoints.app, ["forged-title", "forged-text"]);
            let path = ScreenId::SignIn.path();
            let link = format!("{}{path}?{}", visit.place.base, form::query(visit.head));
            return message(app, visit, StatusCode::FORBIDDEN, texts, Some((link, "to-sign-in-link")));
        };
        let page = Page::new(&self.endpoints, visit, entry.id, request, csrf, looks);
        let answer = match page.is_current(&sent) {
            true => entry.screen.submit(&page, &sent).await,
            false => page.outdated(),
        };
        page.respond(answer, false)
    }

    /// Reads the request for authorization that the page belongs to, and if it is shown what it looks like. The error
    /// is the response to one that is refused.
    async fn read(
        &self,
        visit: &Visit<'_>,
        is_shown: bool,
    ) -> Result<(Box<PageRequest>, PageLooks), HttpResponse> {
        let app = self.endpoints.app.as_ref();
        let parameters = form::parameters(form::query(visit.head).as_bytes());
        let read = read_page(app, &visit.origin, &visit.browser(&parameters)).await;
        let request = read.map_err(|answer| self.endpoints.answer(visit, answer))?;
        if !request.client().oauth.has_pool_users() {
            let (status, texts) = (StatusCode::NOT_IMPLEMENTED, ["sign-in-title", "no-pool-users"]);
            return Err(message(app, visit, status, texts, None));
        }
        if !is_shown && !app.settings.requires_branding {
            return Ok((request, PageLooks::default()));
        }
        match find_looks(app, &visit.origin, &request).await {
            Some(looks) => Ok((request, looks)),
            None => Err(message(app, visit, StatusCode::FORBIDDEN, ["sign-in-title", "no-branding"], None)),
        }
    }
}

/// Returns whether a form was sent from a page of this browser, and, as browsers tell, from a page of this origin.
fn is_own_form(headers: &HeaderMap, cookie: &str, field: &str) -> bool {
    let is_same = cookie.as_bytes().ct_eq(field.as_bytes()).into();
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    is_same && site.is_none_or(|site| site == b"same-origin")
}

#[async_trait]
impl Surface for ManagedLogin {
    fn routes(&self) -> &'static [Route] {
        ROUTES
    }

    fn cross_origin(&self) -> CrossOrigin {
        CrossOrigin::Deny
    }

    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse {
        let visit = Visit::of(&self.endpoints.app, &request).await;
        if let Some(failed) = self.endpoints.strike(&visit).await {
            return failed;
        }
        let app = &self.endpoints.app;
        let path = request.path.strip_prefix("/{pool}").unwrap_or(request.path);
        match (screens::find(path), &request.head.method) {
            (Some(entry), &Method::GET | &Method::HEAD) => self.show(&visit, entry).await,
            (Some(entry), &Method::POST) => self.submit(&visit, entry, request.body).await,
            (Some(_), _) => response::method_not_allowed(app, &visit.place, "GET, HEAD, POST"),
            (None, &Method::GET | &Method::HEAD)
                if path.starts_with('/') && path[1..].starts_with(ASSETS) =>
            {
                asset(app, &visit.place, request.parameter("file"))
            }
            (None, _) => response::method_not_allowed(app, &visit.place, "GET"),
        }
    }

    async fn refuse_body(&self, request: RoutedRequest<'_>, status: StatusCode) -> Option<HttpResponse> {
        self.endpoints.refuse_body(request, status).await
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// oau-0265.
    #[test]
    fn form_needs_the_token_of_the_cookie_and_its_own_origin() {
        let cases = [
            ("t", "t", None, true),
            ("t", "t", Some("same-origin"), true),
            ("t", "t", Some("cross-site"), false),
            ("t", "t", Some("same-site"), false),
            ("t", "u", None, false),
            ("t", "", None, false),
        ];
        for (cookie, field, site, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.extend(
                site.map(|site| (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site))),
            );
            assert_eq!(is_own_form(&headers, cookie, field), expected, "{cookie} {field} {site:?}");
        }
    }
}
