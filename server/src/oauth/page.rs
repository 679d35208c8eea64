//! The pages: the sign-in form, and messages. The templates are in `server/templates/`; `layout.html` is that of all pages.
//!
//! A page runs no script, loads nothing and sends no referrer. *Chosen*: its policy does not limit where forms go, because
//! browsers apply that to the redirects after a form too: to the app, and to wherever the app redirects next.

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::{place::Place, response::response};
use crate::{app::App, surface::HttpResponse};

/// The style sheet of all pages.
pub(super) const STYLE: &str = "body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1c1e21;background:#f4f5f7}\
main{max-width:22rem;margin:4rem auto;padding:2rem;background:#fff;border:1px solid #d5d9de;border-radius:8px}\
h1{margin:0 0 1rem;font-size:1.4rem}\
label{display:block;margin:1rem 0 .25rem}\
input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit;border:1px solid #8a9099;border-radius:4px}\
button{width:100%;margin-top:1.5rem;padding:.6rem;font:inherit;color:#fff;background:#0b5cad;border:0;border-radius:4px}\
.error{padding:.5rem .75rem;color:#8a1212;background:#fdeaea;border-radius:4px}";

/// The policy of a page, which allows the style sheet by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'")
});

/// The sign-in form. Its fields are those of the service's classic page (*Observed*, oau-0264).
#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage<'a> {
    /// The URL that the form is sent to.
    pub(super) action: &'a str,
    /// The token against forged forms.
    pub(super) csrf: &'a str,
    /// The username to begin with.
    pub(super) username: &'a str,
    /// The text of a refusal.
    pub(super) error: Option<&'a str>,
}

/// A page with a message.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct MessagePage<'a> {
    /// The title.
    pub(super) title: &'a str,
    /// The text.
    pub(super) text: &'a str,
}

/// Returns the response with a page.
pub(super) fn page(app: &App, place: &Place, status: StatusCode, template: &impl Template) -> HttpResponse {
    let rendered = template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be made");
        String::new()
    });
    let mut response = response(app, place, status, rendered);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.extend(
        HeaderValue::try_from(POLICY.as_str()).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_of_a_user_is_escaped() {
        let bad = "\"><script>alert(1)</script>";
        let page = LoginPage { action: bad, csrf: bad, username: bad, error: Some(bad) };
        let message = MessagePage { title: bad, text: bad };
        for text in [page.render().expect("a page"), message.render().expect("a page")] {
            assert!(!text.contains("<script"), "{text}");
        }
        assert!(POLICY.starts_with("default-src 'none'; style-src 'sha256-"));
    }
}
