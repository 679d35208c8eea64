//! The cookies of the endpoints: the browser session, the token against forged forms, and the text of a refusal on its
//! way to the page.
//!
//! *Documented*: the names (oau-0074). All are `HttpOnly` and `SameSite=Lax`, and bound to their pool by path or name
//! ([`Place`]) and by a keyed digest.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};
use lido_domain::{
    id::PoolId,
    oauth::browser_session::{BrowserSessionHandle, SESSION_TTL},
};
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::{app::App, surface::HttpResponse};

/// The browser session.
const SESSION: &str = "cognito";

/// The token against forged forms.
const CSRF: &str = "XSRF-TOKEN";

/// The text of a refusal.
const PAGE_DATA: &str = "page-data";

/// How long a browser keeps the text of a refusal.
const PAGE_DATA_TTL: Duration = Duration::minutes(1);

/// The longest text and username in [`PAGE_DATA`], in bytes. A username has 128 characters at most.
const MAX_TEXT: usize = 2_000;
const MAX_USERNAME: usize = 512;

/// What a page shows after a refusal.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PageData {
    /// The text of the refusal.
    pub(super) text: String,
    /// The username, as typed.
    pub(super) username: String,
}

impl PageData {
    /// Returns data that fits into a cookie, for which browsers have 4,096 bytes: a long text, as a function may have
    /// answered, is cut, and what is too long for a username is left out.
    pub(super) fn new(mut text: String, username: &str) -> Self {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        let username = if username.len() <= MAX_USERNAME { username } else { "" };
        Self { text, username: username.to_owned() }
    }
}

/// The cookies that a browser sent to a place.
pub(super) struct Cookies<'a> {
    app: &'a App,
    place: &'a Place,
    headers: &'a HeaderMap,
}

impl<'a> Cookies<'a> {
    /// Returns the cookies in the headers of a request.
    pub(super) fn new(app: &'a App, place: &'a Place, headers: &'a HeaderMap) -> Self {
        Self { app, place, headers }
    }

    fn find(&self, name: &str, pool: &PoolId) -> Option<String> {
        let name = self.place.cookie_name(name, pool);
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
        cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
    }

    /// Returns the browser session.
    pub(super) fn session(&self, pool: &PoolId) -> Option<BrowserSessionHandle> {
        BrowserSessionHandle::parse(&self.find(SESSION, pool)?)
    }

    /// Returns the token against forged forms.
    pub(super) fn csrf(&self, pool: &PoolId) -> Option<String> {
        self.find(CSRF, pool).filter(|token| !token.is_empty())
    }

    /// Returns the text of a refusal, if this server has set it.
    pub(super) fn page_data(&self, pool: &PoolId) -> Option<PageData> {
        let cookie = self.find(PAGE_DATA, pool)?;
        let (data, digest) = cookie.split_once('.')?;
        let digests = self.app.keys.digests().digests(&[PAGE_DATA, pool.as_str(), data]);
        digests.iter().find(|own| own.to_hex() == digest)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(data).ok()?).ok()
    }

    /// Sets the browser session, or removes it.
    pub(super) fn set_session(
        &self,
        response: &mut HttpResponse,
        pool: &PoolId,
        session: Option<&BrowserSessionHandle>,
    ) {
        let ttl = Duration::try_from(SESSION_TTL).unwrap_or(Duration::HOUR);
        self.set(response, SESSION, pool, session.map(|session| (session.expose().to_owned(), Some(ttl))));
    }

    /// Sets the token against forged forms, until the browser is closed.
    pub(super) fn set_csrf(&self, response: &mut HttpResponse, pool: &PoolId, token: &str) {
        self.set(response, CSRF, pool, Some((token.to_owned(), None)));
    }

    /// Sets the text of a refusal, or removes it.
    pub(super) fn set_page_data(&self, response: &mut HttpResponse, pool: &PoolId, data: Option<&PageData>) {
        let value = data.and_then(|data| serde_json::to_vec(data).ok()).map(|json| {
            let data = URL_SAFE_NO_PAD.encode(json);
            let digest = self.app.keys.digests().digest(&[PAGE_DATA, pool.as_str(), &data]);
            (format!("{data}.{}", digest.to_hex()), Some(PAGE_DATA_TTL))
        });
        self.set(response, PAGE_DATA, pool, value);
    }

    fn set(
        &self,
        response: &mut HttpResponse,
        name: &str,
        pool: &PoolId,
        value: Option<(String, Option<Duration>)>,
    ) {
        let (value, max_age) = value.unwrap_or((String::new(), Some(Duration::ZERO)));
        let mut cookie = Cookie::build((self.place.cookie_name(name, pool), value))
            .path(self.place.cookie_path())
            .http_only(true)
            .same_site(SameSite::Lax)
            .build();
        if let Some(max_age) = max_age {
            cookie.set_max_age(max_age);
        }
        if self.place.has_secure_cookies() {
            cookie.set_secure(true);
        }
        if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
