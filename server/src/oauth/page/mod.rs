//! How pages look: one template, one style sheet, and the headers of both. What is on a page is a [`View`].
//!
//! A page loads its style sheet from this server and nothing else, but for the script of passkeys, and sends no referrer. *Chosen*: its
//! policy does not limit where forms go, because browsers apply that to the redirects after a form too: to the app, and to
//! wherever the app redirects next.

mod assets;
mod view;

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

pub(crate) use self::{
    assets::{PATH as ASSETS, asset},
    view::{Button, Field, Figure, Form, LanguageLink, Link, Looks, Notice, Passkey, Text, View},
};
use super::{browser::Visit, response::response};
use crate::{app::App, surface::HttpResponse};

/// Returns the policy of a page. The rules of a branding are allowed by their digest.
fn policy(view: &View) -> Option<HeaderValue> {
    let script = if view.script().is_some() { "script-src 'self'; " } else { "" };
    let css = &view.looks.css;
    let style = match css.is_empty() {
        true => String::new(),
        false => format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(css))),
    };
    let policy = format!(
        "default-src 'none'; {script}style-src 'self'{style}; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).ok()
}

/// Returns the response with a page.
pub(crate) fn page(app: &App, visit: &Visit<'_>, status: StatusCode, view: &View) -> HttpResponse {
    let rendered = view.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be made");
        String::new()
    });
    let mut response = response(app, &visit.place, status, rendered);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(view.language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    headers.extend(policy(view).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response
}

/// Returns the response with a page that says one thing, by the keys of its title and its text, and has a link on from there, by
/// its address and the key of its text.
pub(crate) fn message(
    app: &App,
    visit: &Visit<'_>,
    status: StatusCode,
    [title, text]: [&str; 2],
    link: Option<(String, &str)>,
) -> HttpResponse {
    let language = visit.language(app);
    let mut view = View::message(language, visit.up(), language.text(title), language.text(text));
    view.links.extend(link.map(|(href, key)| Link { href, text: language.text(key) }));
    page(app, visit, status, &view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    /// Every place of a page that input of a user, of an app or of an administrator can reach.
    #[test]
    fn input_is_escaped() {
        let bad = || "\"'><script>alert(1)</script>&".to_owned();
        let error = || Notice { text: bad().into(), is_error: true, is_english: false };
        let link = || Link { href: bad(), text: bad().into() };
        let field = Field {
            value: bad(),
            error: Some(error()),
            hint: Some(bad().into()),
            ..Field::text("id", bad(), bad().into())
        };
        let fixed = Field { value: bad(), is_fixed: true, ..Field::text("fixed", bad(), bad().into()) };
        let form = Form {
            hidden: vec![("_csrf", bad())],
            fields: vec![field, fixed],
            buttons: vec![Button { name: "answer", value: bad(), text: bad().into(), is_choice: true }],
            passkey: Some(Passkey {
                verb: "get",
                options: bad(),
                problem: bad().into(),
                without_script: bad().into(),
            }),
            ..Form::new("name", bad())
        };
        let (alternative, caption) = (bad().into(), bad().into());
        let figure = Figure { image: bad(), alternative, caption, text: bad(), link: link() };
        let view = View {
            notice: Some(error()),
            looks: Looks {
                logo: [Some(bad()), Some("other".to_owned())],
                icon: Some(bad()),
                ..Looks::default()
            },
            figure: Some(figure),
            forms: vec![form],
            links: vec![link()],
            languages: vec![LanguageLink { href: bad(), tag: "de", text: "Deutsch" }],
            ..View::message(Language::default(), "", bad().into(), bad().into())
        };
        let page = view.render().expect("a page");
        assert!(!page.contains("<script>") && !page.contains("'>"), "{page}");
        assert_eq!(page.matches("&#60;script&#62;").count(), 31, "{page}");
    }
}
