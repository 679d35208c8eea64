//! The places of the endpoints: below the path of a pool, at the host of a user pool domain, and at the root of any other
//! host, where the request names the pool.
//!
//! *Chosen*: at the service a pool has the hosts of its domains alone. Here the advertised place is `/{pool}/…`, also of a pool
//! with a domain, because it needs no DNS and keeps the cookies of pools apart. A domain has the host that it has at the
//! service, for clients that DNS or a proxy leads here, and a prefix domain `{prefix}.localhost` too, which browsers find on
//! this machine. The root serves clients that know a host only.

use lido_domain::id::{DomainName, PoolId};
use url::{Host, Url};

use crate::{app::App, operations::Origin, surface::RoutedRequest};

/// The place of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The pool; `None` at the root, where the app client decides it.
    pub(super) pool: Option<PoolId>,
    /// Whether it is the host of a domain, where the paths do not have the pool.
    is_domain: bool,
    /// The URL of the place, without a slash at the end.
    pub(super) base: String,
}

impl Place {
    /// Returns the place of a request.
    pub(super) async fn of(app: &App, request: &RoutedRequest<'_>) -> Self {
        let (origin, is_secure) = (Origin::of(request.head), request.source.is_secure);
        let named = request.parameter("pool");
        if !named.is_empty() {
            let pool = PoolId::new(named);
            let base = with_scheme(app.pool_url(&origin, &pool), is_secure);
            return Self { pool: Some(pool), is_domain: false, base };
        }
        if let Some(base) = origin.base()
            && let Some(pool) = find_pool_by_host(app, &base).await
        {
            return Self { pool: Some(pool), is_domain: true, base: with_scheme(base, is_secure) };
        }
        let base = app.base_url(&origin).unwrap_or_else(|| "http://localhost".to_owned());
        Self { pool: None, is_domain: false, base: with_scheme(base, is_secure) }
    }

    /// Returns the path of the cookies, which other pools do not share.
    pub(super) fn cookie_path(&self) -> String {
        match &self.pool {
            Some(pool) if !self.is_domain => format!("/{pool}"),
            _ => "/".to_owned(),
        }
    }

    /// Returns the name of a cookie of a pool. At the root, where the cookies of all pools have one path, the name has the
    /// pool.
    pub(super) fn cookie_name(&self, name: &str, pool: &PoolId) -> String {
        match self.pool {
            Some(_) => name.to_owned(),
            None => format!("{name}.{pool}"),
        }
    }

    /// Returns whether cookies are for TLS only: always, but for plain HTTP on this machine, where not every browser keeps
    /// such cookies.
    pub(super) fn has_secure_cookies(&self) -> bool {
        let Ok(url) = Url::parse(&self.base) else { return true };
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() != "http" || !is_loopback
    }

    /// Returns whether the place is reached over TLS.
    pub(super) fn is_https(&self) -> bool {
        self.base.starts_with("https://")
    }
}

/// Returns the pool that has a domain with the host of a URL.
///
/// If the store fails, there is none: what the request does then needs the store too, and answers with the fault.
async fn find_pool_by_host(app: &App, base: &str) -> Option<PoolId> {
    let url = Url::parse(base).ok()?;
    let Some(Host::Domain(host)) = url.host() else { return None };
    let name = domain_name(host)?;
    match app.store.begin().find_pool_by_domain(&name).await {
        Ok(found) => {
            let pool = found?;
            let (domain, id) = (pool.domains.find(&name)?, &pool.pool.id);
            (is_local(host) || domain.host(id.region()) == host).then(|| id.clone())
        }
        Err(fault) => {
            tracing::error!(%fault, "a user pool domain could not be looked up");
            None
        }
    }
}

/// Returns the name of the domain that may have this host: the prefix, or the whole name of a custom domain.
fn domain_name(host: &str) -> Option<DomainName> {
    let (label, parent) = host.split_once('.')?;
    if label.is_empty() {
        return None;
    }
    if is_local(host) || parent.ends_with(".amazoncognito.com") {
        return Some(DomainName::new(label));
    }
    // The name of a custom domain has three labels at least.
    parent.contains('.').then(|| DomainName::new(host))
}

/// Returns whether a host is one label below `localhost`.
fn is_local(host: &str) -> bool {
    host.split_once('.').is_some_and(|(_, parent)| parent == "localhost")
}

/// Returns the URL with `https`, if a proxy received the request over TLS.
fn with_scheme(base: String, is_secure: bool) -> String {
    match base.strip_prefix("http://") {
        Some(rest) if is_secure => format!("https://{rest}"),
        _ => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(pool: Option<&str>, base: &str) -> Place {
        Place { pool: pool.map(PoolId::new), is_domain: false, base: base.to_owned() }
    }

    #[test]
    fn cookies_are_for_tls_except_on_this_machine() {
        let cases = [
            ("http://localhost:9229/r_p", false),
            ("http://shop.localhost:9229", false),
            ("http://127.0.0.1:9229", false),
            ("http://127.9.9.9", false),
            ("http://[::1]:9229", false),
            ("http://192.0.2.1", true),
            ("http://lido.example", true),
            ("http://localhost.example", true),
            ("http://notlocalhost", true),
            ("https://localhost", true),
            ("https://lido.example", true),
            ("", true),
        ];
        for (base, expected) in cases {
            assert_eq!(place(None, base).has_secure_cookies(), expected, "{base}");
        }
        assert_eq!(with_scheme("http://a.example".into(), true), "https://a.example");
        assert_eq!(with_scheme("http://a.example".into(), false), "http://a.example");
    }

    #[test]
    fn host_names_a_domain() {
        let cases = [
            ("shop.localhost", Some("shop")),
            ("shop.auth.us-east-1.amazoncognito.com", Some("shop")),
            ("auth.example.com", Some("auth.example.com")),
            ("a.b.localhost", Some("a.b.localhost")),
            ("localhost", None),
            ("lido.example", None),
            (".localhost", None),
        ];
        for (host, expected) in cases {
            assert_eq!(domain_name(host), expected.map(DomainName::new), "{host}");
        }
    }

    #[test]
    fn cookies_of_two_pools_differ_in_path_or_name() {
        let pool = PoolId::new("r_p");
        let below = place(Some("r_p"), "http://localhost/r_p");
        assert_eq!(
            (below.cookie_path().as_str(), below.cookie_name("cognito", &pool).as_str()),
            ("/r_p", "cognito")
        );
        let domain = Place { is_domain: true, ..place(Some("r_p"), "http://shop.localhost") };
        assert_eq!(
            (domain.cookie_path().as_str(), domain.cookie_name("cognito", &pool).as_str()),
            ("/", "cognito")
        );
        let root = place(None, "http://localhost");
        assert_eq!(
            (root.cookie_path().as_str(), root.cookie_name("cognito", &pool).as_str()),
            ("/", "cognito.r_p")
        );
    }
}
