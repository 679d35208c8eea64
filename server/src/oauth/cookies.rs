//! The cookies of the endpoints: the browser session, the token against forged forms, and what the pages keep.
//!
//! *Documented*: the names (oau-0074). All are `HttpOnly` and `SameSite=Lax`. A browser keeps those of two pools apart by path
//! or name ([`Place`]). What this server has set is known by a keyed digest over the pool: the store has that of a
//! session, and the others end with it. A cookie that is sent twice counts as none.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use lido_domain::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::PoolId,
    oauth::browser_session::{BrowserSessionHandle, SESSION_TTL},
    secret::{Sealed, Secret},
};
use serde::{Serialize, de::DeserializeOwned};

use super::place::{HOST_PREFIX, Place};
use crate::{app::App, language::Language, surface::HttpResponse};

/// The browser session.
const SESSION: &str = "cognito";

/// The token against forged forms.
const CSRF: &str = "XSRF-TOKEN";

/// The language of the pages.
pub(crate) const LANGUAGE: &str = "lang";

/// How long a browser keeps the language.
const LANGUAGE_TTL: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The longest value of a cookie. Browsers have 4,096 bytes for one, with its name and its attributes.
const MAX_KEPT: usize = 3_700;

/// The cookies that a browser sent to a place.
pub(crate) struct Cookies<'a> {
    app: &'a App,
    place: &'a Place,
    headers: &'a HeaderMap,
}

impl<'a> Cookies<'a> {
    /// Returns the cookies in the headers of a request.
    pub(super) fn new(app: &'a App, place: &'a Place, headers: &'a HeaderMap) -> Self {
        Self { app, place, headers }
    }

    fn cookies(&self) -> impl Iterator<Item = Cookie<'_>> {
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
    }

    /// Returns the value of a cookie. One that is sent twice is none: a page of a neighbouring host may have set the other.
    pub(crate) fn find(&self, name: &str, pool: &PoolId) -> Option<String> {
        let name = self.place.cookie_name(name, pool);
        let mut found = self.cookies().filter(|cookie| cookie.name() == name);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.value().to_owned()),
            _ => None,
        }
    }

    /// Returns the browser session.
    pub(crate) fn session(&self, pool: &PoolId) -> Option<BrowserSessionHandle> {
        BrowserSessionHandle::parse(&self.find(SESSION, pool)?)
    }

    /// Returns whether the browser has sent a browser session, of whatever pool.
    pub(super) fn has_session(&self) -> bool {
        let is_session =
            |name: &str| name.strip_prefix(HOST_PREFIX).unwrap_or(name).split('.').next() == Some(SESSION);
        self.cookies().any(|cookie| is_session(cookie.name()))
    }

    /// Returns the token against forged forms, if this server has set it.
    pub(crate) fn csrf(&self, pool: &PoolId) -> Option<String> {
        let token = self.find(CSRF, pool)?;
        open(self.app.keys.digests(), CSRF, pool, &token).is_some().then_some(token)
    }

    /// Returns a new token against forged forms with these random bytes.
    pub(crate) fn new_csrf(&self, pool: &PoolId, random: &[u8; 32]) -> String {
        sign(self.app.keys.digests(), CSRF, pool, &URL_SAFE_NO_PAD.encode(random))
    }

    /// Returns what a page keeps in a cookie for the browser that has this token against forged forms, if this server has
    /// set it and it has not expired.
    pub(crate) fn kept<T: DeserializeOwned>(&self, name: &str, pool: &PoolId, csrf: &str) -> Option<T> {
        let sealed = Sealed::from_text(self.find(name, pool)?);
        let plain = self.app.keys.open_page(pool, csrf, &sealed).ok()?;
        let (kind, expires_at, kept): (String, Timestamp, T) = serde_json::from_slice(plain.expose()).ok()?;
        (kind == name && self.app.clock.now() < expires_at).then_some(kept)
    }

    /// Keeps this in a cookie for some time, or removes it. Returns whether it fits into one.
    pub(crate) fn keep<T: Serialize>(
        &self,
        response: &mut HttpResponse,
        name: &str,
        pool: &PoolId,
        csrf: &str,
        kept: Option<(&T, Duration)>,
    ) -> bool {
        let Some((kept, ttl)) = kept else {
            self.set(response, name, pool, None);
            return true;
        };
        let plain = serde_json::to_vec(&(name, self.app.clock.now().after(ttl), kept));
        let sealed =
            plain.ok().and_then(|plain| self.app.keys.seal_page(pool, csrf, &Secret::new(plain)).ok());
        match sealed.filter(|sealed| sealed.as_text().len() <= MAX_KEPT) {
            Some(sealed) => {
                self.set(response, name, pool, Some((sealed.as_text().to_owned(), cookie_age(ttl))));
                true
            }
            None => false,
        }
    }

    /// Keeps the language of the pages.
    pub(crate) fn set_language(&self, response: &mut HttpResponse, pool: &PoolId, language: Language) {
        self.set(response, LANGUAGE, pool, Some((language.tag().to_owned(), cookie_age(LANGUAGE_TTL))));
    }

    /// Sets the browser session, or removes it.
    pub(crate) fn set_session(
        &self,
        response: &mut HttpResponse,
        pool: &PoolId,
        session: Option<&BrowserSessionHandle>,
    ) {
        let value = session.map(|session| (session.expose().to_owned(), cookie_age(SESSION_TTL)));
        self.set(response, SESSION, pool, value);
    }

    /// Sets the token against forged forms until the browser is closed, or removes it.
    pub(crate) fn set_csrf(&self, response: &mut HttpResponse, pool: &PoolId, token: Option<&str>) {
        self.set(response, CSRF, pool, token.map(|token| (token.to_owned(), None)));
    }

    fn set(
        &self,
        response: &mut HttpResponse,
        name: &str,
        pool: &PoolId,
        value: Option<(String, Option<cookie::time::Duration>)>,
    ) {
        let (value, max_age) = value.unwrap_or((String::new(), Some(cookie::time::Duration::ZERO)));
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

fn cookie_age(ttl: Duration) -> Option<cookie::time::Duration> {
    ttl.try_into().ok()
}

/// Returns a value with its keyed digest. `value` has no dot.
fn sign(keys: &DigestKeys, name: &str, pool: &PoolId, value: &str) -> String {
    let digest = keys.digest(&["cookie", name, pool.as_str(), value]);
    format!("{value}.{}", URL_SAFE_NO_PAD.encode(digest.as_bytes()))
}

/// Returns the value of a cookie, if it has been signed under this name for this pool.
fn open<'a>(keys: &DigestKeys, name: &str, pool: &PoolId, cookie: &'a str) -> Option<&'a str> {
    let (value, digest) = cookie.split_once('.')?;
    let digest = Digest::from_bytes(URL_SAFE_NO_PAD.decode(digest).ok()?.try_into().ok()?);
    keys.is_digest_of(&digest, &["cookie", name, pool.as_str(), value]).then_some(value)
}
