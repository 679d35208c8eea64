//! The web page that sent a request, and whether it may do what tools may.
//!
//! `lido dev` accepts any signature and shows codes to every client on the same machine, and the browser there runs the
//! pages of strangers. A browser names the page's origin in `Origin` (with every POST, and with requests to another
//! origin that the page can read), the relation of both sites in `Sec-Fetch-Site`, and the name that it resolved in
//! `Host`. Any site can let a name with dots resolve to this server (DNS rebinding), so that a page of that name would
//! seem to have the server's own origin.

use http::{header, request::Parts};
use url::{Host, Url};

use crate::operations::Origin;

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// The origin of a page in texts, if the browser did not name it.
const UNKNOWN: &str = "another site";

/// Returns the origin of the page that sent the request, if it is not the server's own one.
///
/// Returns `None` for tools, and for pages of the server itself under a name that [`has_own_host`].
pub(crate) fn foreign_origin<'a>(head: &'a Parts, public_url: Option<&str>) -> Option<&'a str> {
    let text = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap_or(UNKNOWN));
    if let Some(page) = text(header::ORIGIN.as_str()) {
        let own = Origin::of(head).base().filter(|_| has_own_host(head, public_url));
        let is_own = Some(page) == own.as_deref() || Some(page) == public_url;
        return (!is_own).then_some(page);
    }
    match text(SEC_FETCH_SITE) {
        // `none`: the user has typed the address, or opened a bookmark.
        None | Some("none") => None,
        Some("same-origin") if has_own_host(head, public_url) => None,
        Some(_) => Some(UNKNOWN),
    }
}

/// Returns whether the request was sent to an address, a name without dots, a name below `localhost`, or the host of
/// the public URL: a host that no stranger can make resolve to this server.
pub(crate) fn has_own_host(head: &Parts, public_url: Option<&str>) -> bool {
    let host_of = |base: Option<&str>| Url::parse(base?).ok()?.host().map(|host| host.to_owned());
    match host_of(Origin::of(head).base().as_deref()) {
        Some(Host::Domain(name)) => {
            !name.contains('.')
                || name.ends_with(".localhost")
                || host_of(public_url) == Some(Host::Domain(name))
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        // Every browser sends a Host header.
        None => !head.headers.contains_key(header::HOST),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn page_is_foreign_unless_it_is_of_the_server_itself() {
        const PUBLIC: Option<&str> = Some("https://lido.example");
        let own = "http://127.0.0.1:9229";
        // (Host, Origin, Sec-Fetch-Site, foreign origin)
        let cases = [
            ("127.0.0.1:9229", "", "", None),
            ("127.0.0.1:9229", own, "same-origin", None),
            ("127.0.0.1:9229", "http://127.0.0.1:3000", "same-site", Some("http://127.0.0.1:3000")),
            ("127.0.0.1:9229", "http://localhost:9229", "cross-site", Some("http://localhost:9229")),
            ("127.0.0.1:9229", "https://127.0.0.1:9229", "", Some("https://127.0.0.1:9229")),
            ("127.0.0.1:9229", "https://evil.example", "cross-site", Some("https://evil.example")),
            ("127.0.0.1:9229", "null", "cross-site", Some("null")),
            ("lido.example", "https://lido.example", "same-origin", None),
            ("a.localhost:9229", "http://a.localhost:9229", "same-origin", None),
            // DNS rebinding: the page's own name resolves to this server.
            (
                "evil.example:9229",
                "http://evil.example:9229",
                "same-origin",
                Some("http://evil.example:9229"),
            ),
            ("evil.example:9229", "", "same-origin", Some(UNKNOWN)),
            // Tools use names in a network of containers, too.
            ("lido.default.svc:9229", "", "", None),
            // Requests without Origin, such as those of images and scripts.
            ("127.0.0.1:9229", "", "same-origin", None),
            ("127.0.0.1:9229", "", "none", None),
            ("127.0.0.1:9229", "", "same-site", Some(UNKNOWN)),
            ("127.0.0.1:9229", "", "cross-site", Some(UNKNOWN)),
        ];
        for (host, origin, site, expected) in cases {
            let mut request = Request::builder().header(header::HOST, host);
            for (name, value) in [("origin", origin), (SEC_FETCH_SITE, site)] {
                if !value.is_empty() {
                    request = request.header(name, value);
                }
            }
            let (head, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(foreign_origin(&head, PUBLIC), expected, "{host} {origin} {site}");
        }
    }
}
