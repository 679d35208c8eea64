//! The routing table: finds the surface of a request by its host and its path.
//!
//! `matchit` matches paths, with one radix tree for each host pattern. The API is not in the table: its requests are
//! recognized before, and a request without a route goes to the API as an unknown operation.

use http::{StatusCode, header, request::Parts, uri::Authority};
use lido_runtime::Bytes;
use matchit::{InsertError, Params, Router};

use super::{CrossOrigin, HttpResponse, RequestSource, Route, RoutedRequest, Surface};

/// The pattern that matches every host.
const ANY_HOST: &str = "*";

/// The surfaces, and their routes by host and path.
#[derive(Debug)]
pub(crate) struct RoutingTable {
    surfaces: Vec<Box<dyn Surface>>,
    /// Host patterns with their paths, the most specific first.
    hosts: Vec<(&'static str, Router<Endpoint>)>,
}

/// The target of a path in the table.
#[derive(Clone, Copy, Debug)]
struct Endpoint {
    /// The index of the surface.
    surface: usize,
    route: &'static Route,
}

/// The error of two routes that conflict, or of a malformed path.
#[derive(Debug, thiserror::Error)]
#[error("the route {host}{path} cannot be added to the routing table: {reason}")]
pub struct RoutingError {
    host: &'static str,
    path: &'static str,
    reason: InsertError,
}

impl RoutingTable {
    /// Builds the table of these surfaces.
    ///
    /// # Errors
    /// Two routes conflict, or a path is malformed.
    pub(crate) fn new(surfaces: Vec<Box<dyn Surface>>) -> Result<Self, RoutingError> {
        let mut hosts: Vec<(&'static str, Router<Endpoint>)> = Vec::new();
        for (surface, routes) in surfaces.iter().map(|surface| surface.routes()).enumerate() {
            for route in routes {
                let at = match hosts.iter().position(|(host, _)| *host == route.host) {
                    Some(at) => at,
                    None => {
                        hosts.push((route.host, Router::new()));
                        hosts.len() - 1
                    }
                };
                let Some((_, paths)) = hosts.get_mut(at) else { continue };
                paths.insert(route.path, Endpoint { surface, route }).map_err(|reason| RoutingError {
                    host: route.host,
                    path: route.path,
                    reason,
                })?;
            }
        }
        hosts.sort_by_key(|(host, _)| (*host == ANY_HOST, host.starts_with("*.")));
        Ok(Self { surfaces, hosts })
    }

    /// Returns the surface and the route of a request, or `None` if there is no route for it.
    ///
    /// If the most specific pattern for the host has no such path, less specific patterns are tried.
    pub(crate) fn find<'a>(&'a self, head: &'a Parts) -> Option<Match<'a>> {
        let path = head.uri.path();
        self.hosts.iter().filter(|(pattern, _)| is_host_of(head, pattern)).find_map(|(_, paths)| {
            let found = paths.at(path).ok()?;
            let surface = self.surfaces.get(found.value.surface)?;
            Some(Match {
                surface: surface.as_ref(),
                route: found.value.route,
                parameters: found.params,
                head,
            })
        })
    }
}

/// A request and its surface.
#[derive(Debug)]
pub(crate) struct Match<'a> {
    surface: &'a dyn Surface,
    route: &'static Route,
    parameters: Params<'a, 'a>,
    head: &'a Parts,
}

impl Match<'_> {
    /// Returns the name of the route in the access log.
    pub(crate) fn operation(&self) -> &'static str {
        self.route.operation
    }

    /// Returns the path of the route, with the names of its parameters.
    pub(crate) fn route(&self) -> &'static str {
        self.route.path
    }

    /// Returns the permissions of web pages of other origins.
    pub(crate) fn cross_origin(&self) -> CrossOrigin {
        self.surface.cross_origin()
    }

    /// Lets the surface respond.
    pub(crate) async fn respond(&self, body: &Bytes, source: RequestSource) -> HttpResponse {
        let Self { surface, route, parameters, head } = self;
        surface.respond(RoutedRequest { path: route.path, parameters, head, body, source }).await
    }

    /// Lets the surface word the refusal of a body.
    pub(crate) async fn refuse_body(
        &self,
        status: StatusCode,
        source: RequestSource,
    ) -> Option<HttpResponse> {
        let Self { surface, route, parameters, head } = self;
        let body = &Bytes::new();
        let request = RoutedRequest { path: route.path, parameters, head, body, source };
        surface.refuse_body(request, status).await
    }
}

/// Returns whether the request's host matches a pattern. A host in the request target overrides the header (RFC 9112,
/// section 3.2.2).
fn is_host_of(head: &Parts, pattern: &str) -> bool {
    if pattern == ANY_HOST {
        return true;
    }
    match (head.uri.host(), head.headers.get(header::HOST)) {
        (Some(host), _) => host_matches(host, pattern),
        (None, Some(value)) => {
            Authority::try_from(value.as_bytes()).is_ok_and(|host| host_matches(host.host(), pattern))
        }
        (None, None) => false,
    }
}

/// Returns whether a host without a port matches a pattern, regardless of case.
fn host_matches(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(parent)),
        None => host.eq_ignore_ascii_case(pattern),
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
