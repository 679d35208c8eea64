//! The sign-in page: the form, and its submission.
//!
//! The form goes to the URL of the page, whose query has the request for authorization (oau-0061); no state of it is kept
//! here. A form is accepted only with the token of the browser's own cookie (*Observed*: double submit, oau-0265), and, as
//! browsers tell, from a page of this origin.

use http::{HeaderMap, Method, StatusCode};
use lido_domain::oauth::parameters::RequestParameters;
use subtle::ConstantTimeEq as _;

use super::{
    browser::{BrowserEndpoints, SIGN_INS, Visit},
    cookies::PageData,
    form,
    page::{LoginPage, MessagePage, page},
    response,
};
use crate::{
    operations::oauth::{
        authorize::{AuthorizationResponse, SignInPage},
        sign_in::{self, SignInAnswer},
    },
    surface::HttpResponse,
};

impl BrowserEndpoints {
    /// Responds to `/login`.
    pub(super) async fn login(&self, visit: &Visit<'_>, body: &[u8]) -> HttpResponse {
        match visit.head.method {
            Method::GET => self.show_form(visit).await,
            Method::POST => self.submit_form(visit, body).await,
            _ => response::method_not_allowed(&self.app, &visit.place, "GET, POST"),
        }
    }

    async fn show_form(&self, visit: &Visit<'_>) -> HttpResponse {
        let app = self.app.as_ref();
        let parameters = form::parameters(form::query(visit.head).as_bytes());
        match sign_in::read_page(app, &visit.origin, &visit.browser(&parameters)).await {
            Ok(shown) => self.form(visit, &shown),
            Err(answer) => self.answer(visit, answer),
        }
    }

    /// Returns the page with the form.
    fn form(&self, visit: &Visit<'_>, shown: &SignInPage) -> HttpResponse {
        let (app, pool, place) = (self.app.as_ref(), &shown.pool, &visit.place);
        if !shown.has_pool_users {
            const TEXT: &str =
                "This app signs users in through other identity providers only, which are not served yet.";
            let message = MessagePage { title: "Sign in", text: TEXT };
            return page(app, place, StatusCode::NOT_IMPLEMENTED, &message);
        }
        let cookies = visit.cookies(app);
        let Ok(random) = app.entropy.bytes() else { return self.fault(visit) };
        // A token stays the same until a sign-in, so that forms in several tabs are good. Any other text is replaced.
        let csrf = cookies.csrf(pool).unwrap_or_else(|| cookies.new_csrf(pool, &random));
        let data = cookies.page_data(pool);
        let typed = data.as_ref().map(|data| data.username.as_str());
        let template = LoginPage {
            action: &format!("{}/login?{}", place.base, form::query(visit.head)),
            csrf: &csrf,
            username: typed.or(shown.request.login_hint.as_deref()).unwrap_or_default(),
            error: data.as_ref().map(|data| data.text.as_str()),
        };
        let mut response = page(app, place, StatusCode::OK, &template);
        cookies.set_csrf(&mut response, pool, Some(&csrf));
        if data.is_some() {
            cookies.set_page_data(&mut response, pool, None);
        }
        response
    }

    async fn submit_form(&self, visit: &Visit<'_>, body: &[u8]) -> HttpResponse {
        let app = self.app.as_ref();
        if !self.takes(SIGN_INS, visit).await {
            return self.throttled(visit);
        }
        let parameters = form::parameters(form::query(visit.head).as_bytes());
        let sent =
            if form::is_form(visit.head) { form::parameters(body) } else { RequestParameters::default() };
        let cookies = visit.cookies(app);
        let shown = match sign_in::read_page(app, &visit.origin, &visit.browser(&parameters)).await {
            Ok(shown) => shown,
            Err(answer) => return self.answer(visit, answer),
        };
        let find = |name| sent.find(name).ok().flatten().unwrap_or_default();
        if !is_own_form(&visit.head.headers, cookies.csrf(&shown.pool).as_deref(), find("_csrf")) {
            let text = "This form was not sent from the sign-in page, or the browser keeps no cookies.";
            let message = MessagePage { title: "Sign in", text };
            return page(app, &visit.place, StatusCode::FORBIDDEN, &message);
        }
        if !shown.has_pool_users {
            return self.form(visit, &shown);
        }
        let username = find("username");
        match sign_in::sign_in(app, &visit.origin, *shown, username, find("password")).await {
            SignInAnswer::SignedIn { pool, session, target, response } => {
                let mut redirect = self.redirect_to_client(visit, &pool, &target, &response);
                cookies.set_session(&mut redirect, &pool, Some(&session));
                cookies.set_csrf(&mut redirect, &pool, None);
                redirect
            }
            SignInAnswer::Failed(pool, target, error) => {
                self.redirect_to_client(visit, &pool, &target, &AuthorizationResponse::Error(error))
            }
            SignInAnswer::Refused(pool, text) => {
                let back = format!("{}/login?{}", visit.place.base, form::query(visit.head));
                let mut redirect = response::redirect(app, &visit.place, &back);
                let data = PageData::new(text, username);
                cookies.set_page_data(&mut redirect, &pool, Some(&data));
                redirect
            }
            SignInAnswer::Challenged(name) => {
                let text = format!(
                    "The sign-in goes on with the challenge {name}, which these pages do not serve yet. \
                     The operations InitiateAuth and RespondToAuthChallenge do."
                );
                let message = MessagePage { title: "Sign in", text: &text };
                page(app, &visit.place, StatusCode::NOT_IMPLEMENTED, &message)
            }
            SignInAnswer::Fault => self.fault(visit),
        }
    }
}

/// Returns whether a form was sent from the sign-in page of this browser.
fn is_own_form(headers: &HeaderMap, cookie: Option<&str>, field: &str) -> bool {
    let is_same = cookie.is_some_and(|cookie| cookie.as_bytes().ct_eq(field.as_bytes()).into());
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    is_same && site.is_none_or(|site| site == b"same-origin")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// oau-0265.
    #[test]
    fn form_needs_the_token_of_the_cookie_and_its_own_origin() {
        let cases = [
            (Some("t"), "t", None, true),
            (Some("t"), "t", Some("same-origin"), true),
            (Some("t"), "t", Some("cross-site"), false),
            (Some("t"), "t", Some("same-site"), false),
            (Some("t"), "u", None, false),
            (Some("t"), "", None, false),
            (None, "t", None, false),
            (None, "", None, false),
        ];
        for (cookie, field, site, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.extend(
                site.map(|site| (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(site))),
            );
            assert_eq!(is_own_form(&headers, cookie, field), expected, "{cookie:?} {field} {site:?}");
        }
    }
}
