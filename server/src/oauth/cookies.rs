//! The cookies of the endpoints: the browser session, the token against forged forms, and the text of a refusal on its
//! way to the page.
//!
//! *Documented*: the names (oau-0074). All are `HttpOnly` and `SameSite=Lax`. A browser keeps those of two pools apart by path
//! or name ([`Place`]). What this server has set is known by a keyed digest over the pool: the store has that of a
//! session, and the other two cookies end with it. A cookie that is sent twice counts as none.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use lido_domain::{
    Timestamp,
    digest::{Digest, DigestKeys},
    id::PoolId,
    oauth::browser_session::{BrowserSessionHandle, SESSION_TTL},
};
use serde::{Deserialize, Serialize};

use super::place::{HOST_PREFIX, Place};
use crate::{app::App, surface::HttpResponse};

/// The browser session.
const SESSION: &str = "cognito";

/// The token against forged forms.
const CSRF: &str = "XSRF-TOKEN";

/// The text of a refusal.
const PAGE_DATA: &str = "page-data";

/// How long a browser keeps the text of a refusal.
const PAGE_DATA_TTL: Duration = Duration::from_secs(60);

/// The longest text and username in [`PAGE_DATA`], in bytes of JSON. A username has 128 characters at most.
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
        text.truncate(prefix_within(&text, MAX_TEXT));
        let username = if prefix_within(username, MAX_USERNAME) == username.len() { username } else { "" };
        Self { text, username: username.to_owned() }
    }
}

/// Returns the length of the longest prefix that takes at most this many bytes in JSON, where some characters are escaped.
fn prefix_within(text: &str, most: usize) -> usize {
    let mut length = 0;
    let beyond = text.char_indices().find(|(_, character)| {
        length += match character {
            '"' | '\\' => 2,
            '\0'..='\x1F' => 6,
            other => other.len_utf8(),
        };
        length > most
    });
    beyond.map_or(text.len(), |(at, _)| at)
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

    fn cookies(&self) -> impl Iterator<Item = Cookie<'_>> {
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
    }

    /// Returns the value of a cookie. One that is sent twice is none: a page of a neighbouring host may have set the other.
    fn find(&self, name: &str, pool: &PoolId) -> Option<String> {
        let name = self.place.cookie_name(name, pool);
        let mut found = self.cookies().filter(|cookie| cookie.name() == name);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only.value().to_owned()),
            _ => None,
        }
    }

    /// Returns the browser session.
    pub(super) fn session(&self, pool: &PoolId) -> Option<BrowserSessionHandle> {
        BrowserSessionHandle::parse(&self.find(SESSION, pool)?)
    }

    /// Returns whether the browser has sent a browser session, of whatever pool.
    pub(super) fn has_session(&self) -> bool {
        let is_session =
            |name: &str| name.strip_prefix(HOST_PREFIX).unwrap_or(name).split('.').next() == Some(SESSION);
        self.cookies().any(|cookie| is_session(cookie.name()))
    }

    /// Returns the token against forged forms, if this server has set it.
    pub(super) fn csrf(&self, pool: &PoolId) -> Option<String> {
        let token = self.find(CSRF, pool)?;
        open(self.app.keys.digests(), CSRF, pool, &token).is_some().then_some(token)
    }

    /// Returns a new token against forged forms with these random bytes.
    pub(super) fn new_csrf(&self, pool: &PoolId, random: &[u8; 32]) -> String {
        sign(self.app.keys.digests(), CSRF, pool, &URL_SAFE_NO_PAD.encode(random))
    }

    /// Returns the text of a refusal, if this server has set it a moment ago.
    pub(super) fn page_data(&self, pool: &PoolId) -> Option<PageData> {
        let cookie = self.find(PAGE_DATA, pool)?;
        read_page_data(self.app.keys.digests(), pool, &cookie, self.app.clock.now())
    }

    /// Sets the browser session, or removes it.
    pub(super) fn set_session(
        &self,
        response: &mut HttpResponse,
        pool: &PoolId,
        session: Option<&BrowserSessionHandle>,
    ) {
        let value = session.map(|session| (session.expose().to_owned(), cookie_age(SESSION_TTL)));
        self.set(response, SESSION, pool, value);
    }

    /// Sets the token against forged forms until the browser is closed, or removes it.
    pub(super) fn set_csrf(&self, response: &mut HttpResponse, pool: &PoolId, token: Option<&str>) {
        self.set(response, CSRF, pool, token.map(|token| (token.to_owned(), None)));
    }

    /// Sets the text of a refusal, or removes it.
    pub(super) fn set_page_data(&self, response: &mut HttpResponse, pool: &PoolId, data: Option<&PageData>) {
        let now = self.app.clock.now();
        let value = data.and_then(|data| write_page_data(self.app.keys.digests(), pool, data, now));
        self.set(response, PAGE_DATA, pool, value.map(|value| (value, cookie_age(PAGE_DATA_TTL))));
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

/// Returns the signed text of a refusal, with the instant from which it is not shown any more.
fn write_page_data(keys: &DigestKeys, pool: &PoolId, data: &PageData, now: Timestamp) -> Option<String> {
    let json = serde_json::to_vec(&(now.after(PAGE_DATA_TTL), data)).ok()?;
    Some(sign(keys, PAGE_DATA, pool, &URL_SAFE_NO_PAD.encode(json)))
}

fn read_page_data(keys: &DigestKeys, pool: &PoolId, cookie: &str, now: Timestamp) -> Option<PageData> {
    let json = URL_SAFE_NO_PAD.decode(open(keys, PAGE_DATA, pool, cookie)?).ok()?;
    let (expires_at, data): (Timestamp, PageData) = serde_json::from_slice(&json).ok()?;
    (now < expires_at).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_refusal_is_shown_only_if_this_server_has_set_it() {
        let (keys, pool) = (DigestKeys::new([1; 32], []), PoolId::new("r_p"));
        let (data, now) = (PageData::new("No.".into(), "ann"), Timestamp::from_millis(1_000));
        let cookie = write_page_data(&keys, &pool, &data, now).expect("a cookie");
        let read = |cookie: &str, now| read_page_data(&keys, &pool, cookie, now);
        assert!(read(&cookie, now).as_ref() == Some(&data));
        assert!(read(&cookie, now.after(PAGE_DATA_TTL)).is_none(), "it has expired");
        assert!(read_page_data(&keys, &PoolId::new("r_q"), &cookie, now).is_none(), "another pool's");
        let other = DigestKeys::new([2; 32], []);
        assert!(read_page_data(&other, &pool, &cookie, now).is_none(), "another server's");
        let rotated = DigestKeys::new([2; 32], [[1; 32]]);
        assert!(read_page_data(&rotated, &pool, &cookie, now) == Some(data));
        let (value, digest) = cookie.split_once('.').expect("a digest");
        let as_token = sign(&keys, CSRF, &pool, value);
        let evil = URL_SAFE_NO_PAD.encode(b"[99999999,{\"text\":\"evil\",\"username\":\"\"}]");
        for forged in ["", ".", value, &format!("{value}."), &as_token, &format!("{evil}.{digest}")] {
            assert!(read(forged, now).is_none(), "{forged}");
        }
    }

    #[test]
    fn text_and_username_are_cut_to_what_a_cookie_holds() {
        let (keys, pool) = (DigestKeys::new([1; 32], []), PoolId::new("us-east-1_aBcDeFgH1"));
        let now = Timestamp::from_millis(1_795_246_200_000);
        for (text, username) in
            [("x", "x"), ("ü", "x"), ("x", "ü"), ("\"", "\""), ("\n", "x"), ("\u{1}", "\u{1}"), ("\\", "x")]
        {
            let data = PageData::new(text.repeat(100_000), &username.repeat(100_000));
            assert_eq!(data.username, "");
            let cookie = write_page_data(&keys, &pool, &data, now).expect("a cookie");
            assert!(cookie.len() < 4_000, "{}", cookie.len());
        }
        assert_eq!(PageData::new(String::new(), &"x".repeat(512)).username.len(), 512);
        let full = PageData::new("\u{1}".repeat(9_999), &"\u{1}".repeat(85));
        assert_eq!((full.text.len(), full.username.len()), (333, 85));
        assert!(write_page_data(&keys, &pool, &full, now).expect("a cookie").len() < 4_000);
    }
}
