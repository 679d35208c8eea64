//! The listener of `--http-redirect`: sends browsers that use plain HTTP to the URL with https.
//!
//! *Chosen*: only GET and HEAD are redirected. Any other request had its contents, such as a password, in clear already; an
//! error lets its sender notice, where a redirect would let it do so for ever.

use std::sync::Arc;

use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{HOST, LOCATION},
};
use hyper::body::Incoming;
use ipnet::IpNet;
use lido_runtime::{Bytes, Operation as _, response::front_end_error, server::body::from_bytes};

use super::{
    Limits, closing,
    connection::{Listener, Respond, serve_with},
    connections::Waiting,
};
use crate::{
    operations::Operation,
    surface::{HttpResponse, RequestSource},
};

/// The URL that clients of plain HTTP are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    base: Base,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Base {
    /// A URL without a path.
    Url(String),
    /// The host that the client named, with this port.
    Port(u16),
}

impl Redirect {
    /// Sends clients to a URL without a path.
    pub fn to_url(url: String) -> Self {
        Self { base: Base::Url(url) }
    }

    /// Sends clients to the host that they name, on another port.
    pub fn to_port(port: u16) -> Self {
        Self { base: Base::Port(port) }
    }

    fn respond_to(&self, method: &Method, host: Option<&str>, uri: &Uri) -> HttpResponse {
        let location = self.location(host, uri).and_then(|location| HeaderValue::try_from(location).ok());
        match location {
            Some(location) if matches!(*method, Method::GET | Method::HEAD) => {
                let mut response = Response::new(from_bytes(Bytes::new()));
                *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
                response.headers_mut().insert(LOCATION, location);
                closing(response)
            }
            _ => closing(front_end_error(
                Operation::settings(),
                StatusCode::FORBIDDEN,
                "ForbiddenException",
                Some("Only HTTPS is served: use https:// in the URL."),
            )),
        }
    }

    /// Returns the URL of a request with https.
    fn location(&self, host: Option<&str>, uri: &Uri) -> Option<String> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let path = if path.starts_with('/') { path } else { "/" };
        match &self.base {
            Base::Url(url) => Some(format!("{url}{path}")),
            Base::Port(port) => {
                let host: http::uri::Authority = host?.parse().ok()?;
                (!host.as_str().contains('@')).then(|| format!("https://{}:{port}{path}", host.host()))
            }
        }
    }
}

impl Respond for Redirect {
    fn trusted_proxies(&self) -> &[IpNet] {
        &[]
    }

    async fn respond(&self, request: Request<Incoming>, _: RequestSource, _: &Waiting) -> HttpResponse {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        self.respond_to(request.method(), host, request.uri())
    }
}

/// Redirects until `stop` completes.
pub async fn serve_redirect(
    listener: impl Into<Listener>,
    redirect: Redirect,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    serve_with(listener.into(), Arc::new(redirect), limits, stop).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_without_contents_are_redirected() {
        let url = Redirect::to_url("https://auth.example.com".to_owned());
        let port = Redirect::to_port(8443);
        let cases = [
            (&url, "GET", Some("evil.example"), "/p/login?a=b", Some("https://auth.example.com/p/login?a=b")),
            (&url, "HEAD", None, "/", Some("https://auth.example.com/")),
            (&url, "GET", None, "//evil.example/", Some("https://auth.example.com//evil.example/")),
            (&url, "GET", None, "http://evil.example/a", Some("https://auth.example.com/a")),
            (&url, "GET", None, "*", Some("https://auth.example.com/")),
            (&url, "POST", None, "/", None),
            (&url, "OPTIONS", None, "/", None),
            (&port, "GET", Some("localhost:9228"), "/a?b", Some("https://localhost:8443/a?b")),
            (&port, "GET", Some("[::1]:9228"), "/", Some("https://[::1]:8443/")),
            (&port, "GET", Some("shop.localhost"), "/", Some("https://shop.localhost:8443/")),
            (&port, "GET", Some("user@evil.example"), "/", None),
            (&port, "GET", Some("a/b"), "/", None),
            (&port, "GET", None, "/", None),
        ];
        for (redirect, method, host, uri, expected) in cases {
            let response =
                redirect.respond_to(&method.parse().expect("a method"), host, &uri.parse().expect("a URI"));
            let location = response.headers().get(LOCATION).map(|value| value.to_str().expect("text"));
            assert_eq!(location, expected, "{method} {host:?} {uri}");
            let status = if expected.is_some() { 301 } else { 403 };
            assert_eq!(response.status(), status, "{method} {host:?} {uri}");
        }
    }
}
