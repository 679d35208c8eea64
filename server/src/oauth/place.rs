//! The places of the endpoints: below the path of a pool, at the host of a user pool domain, and at the root of any other
//! host, where the request names the pool.
//!
//! *Chosen*: at the service a pool has the hosts of its domains alone. Here the advertised place is `/{pool}/…`, also of a pool
//! with a domain, because it needs no DNS and keeps the cookies of pools apart. A domain has the host that it has at the
//! service, for clients that DNS or a proxy leads here, and a prefix domain `{prefix}.localhost` too, which browsers find on
//! this machine. The root serves clients that know a host only.

use lido_domain::id::{DomainName, PoolId};
use url::{Host, Url};

use crate::{
    app::{App, is_this_machine},
    operations::Origin,
    surface::RoutedRequest,
};

/// The prefix of a cookie that only its own host can set, over TLS and for all paths.
pub(super) const HOST_PREFIX: &str = "__Host-";

/// The place of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The pool; `None` at the root, where the app client decides it.
    pub(crate) pool: Option<PoolId>,
    /// Whether the path has the pool.
    is_path: bool,
    /// Whether the host is known to be that of a domain.
    is_domain: bool,
    /// Whether the names of cookies have the prefix `__Host-`, with which browsers take a cookie from its own host only, not from
    /// a neighbouring one. *Chosen*: if strict, because the names at the service are documented.
    has_prefix: bool,
    /// The URL of the place, without a slash at the end.
    pub(crate) base: String,
}

impl Place {
    /// Returns the place of a request. `has_cookies` is whether its endpoint has cookies, whose names depend on the host
    /// below the path of a pool too.
    pub(super) async fn of(app: &App, request: &RoutedRequest<'_>, has_cookies: bool) -> Self {
        let (origin, named) = (Origin::of(request.head), request.parameter("pool"));
        let of_host = match origin.base() {
            Some(base) if named.is_empty() || has_cookies => {
                find_pool_by_host(app, &base).await.map(|pool| (pool, base))
            }
            _ => None,
        };
        let place = match of_host {
            of_host if !named.is_empty() => {
                let pool = PoolId::new(named);
                let base = app.pool_url(&origin, &pool);
                Self::new(Some(pool), true, of_host.is_some(), base)
            }
            Some((pool, base)) => Self::new(Some(pool), false, true, base),
            None => {
                let base = app.base_url(&origin).unwrap_or_else(|| "http://localhost".to_owned());
                Self::new(None, false, false, base)
            }
        };
        // Browsers keep such a cookie only if it is `Secure`.
        Self { has_prefix: app.settings.is_strict_oauth && place.has_secure_cookies(), ..place }
    }

    fn new(pool: Option<PoolId>, is_path: bool, is_domain: bool, base: String) -> Self {
        Self { pool, is_path, is_domain, has_prefix: false, base }
    }

    /// Returns whether the path has the pool.
    pub(crate) fn is_path(&self) -> bool {
        self.is_path
    }

    /// Returns the path of the cookies.
    pub(super) fn cookie_path(&self) -> String {
        match &self.pool {
            Some(pool) if self.is_path && !self.has_prefix => format!("/{pool}"),
            _ => "/".to_owned(),
        }
    }

    /// Returns the name of a cookie of a pool, which no other place of this host has.
    ///
    /// *Documented* (oau-0074): the plain name, at the host of a domain. Below the path of a pool it is plain too, unless
    /// the host is that of a domain, whose cookies the browser sends to all paths. At the root, where the cookies of all
    /// pools have one path, the name has the pool. With the prefix all paths are `/`, so that only names differ.
    pub(super) fn cookie_name(&self, name: &str, pool: &PoolId) -> String {
        if self.has_prefix {
            return match (self.is_path, self.is_domain) {
                (false, true) => format!("{HOST_PREFIX}{name}"),
                (false, false) => format!("{HOST_PREFIX}{name}.{pool}"),
                (true, _) => format!("{HOST_PREFIX}{name}.path.{pool}"),
            };
        }
        if self.is_path == self.is_domain { format!("{name}.{pool}") } else { name.to_owned() }
    }

    /// Returns whether cookies are for TLS only: always, but for plain HTTP on this machine, where not every browser keeps
    /// such cookies.
    pub(super) fn has_secure_cookies(&self) -> bool {
        !(self.base.starts_with("http://") && self.is_loopback())
    }

    /// Returns whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        Url::parse(&self.base).is_ok_and(|url| is_this_machine(&url))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn place(pool: Option<&str>, base: &str) -> Place {
        let pool = pool.map(PoolId::new);
        Place::new(pool.clone(), pool.is_some(), false, base.to_owned())
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
    fn cookies_of_places_of_one_host_never_meet() {
        let pool = PoolId::new("r_p");
        let below = place(Some("r_p"), "http://localhost/r_p");
        let below_domain = Place { is_domain: true, ..place(Some("r_p"), "http://shop.localhost/r_p") };
        let domain = Place { is_path: false, ..below_domain.clone() };
        let root = place(None, "http://localhost");
        let cases = [
            (&below, "/r_p", "cognito"),
            (&root, "/", "cognito.r_p"),
            (&domain, "/", "cognito"),
            (&below_domain, "/r_p", "cognito.r_p"),
        ];
        for (place, path, name) in cases {
            let found = (place.cookie_path(), place.cookie_name("cognito", &pool));
            assert_eq!(found, (path.to_owned(), name.to_owned()), "{place:?}");
        }
        let cases = [
            (&below, "__Host-cognito.path.r_p"),
            (&root, "__Host-cognito.r_p"),
            (&domain, "__Host-cognito"),
            (&below_domain, "__Host-cognito.path.r_p"),
        ];
        for (place, name) in cases {
            let place = Place { has_prefix: true, ..place.clone() };
            let found = (place.cookie_path(), place.cookie_name("cognito", &pool));
            assert_eq!(found, ("/".to_owned(), name.to_owned()), "{place:?}");
        }
    }
}
