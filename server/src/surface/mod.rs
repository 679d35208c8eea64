//! Surfaces: the parts of the server that respond to the requests of their own routes.
//!
//! The console, discovery and the confirmation page are surfaces in the `RoutingTable`. The API ([`crate::api`]) is not
//! in the table, because its requests are recognized before. [`crate::http`] reads a request, lets its surface respond
//! and writes the response. To add a surface, implement `Surface` and add a line where `crate::http` builds the table.

mod connection_end;
pub(crate) mod cors;
mod table;
pub(crate) mod web_page;

use std::net::{IpAddr, Ipv6Addr};

use async_trait::async_trait;
use http::{Response, StatusCode, request::Parts};
use lido_runtime::{Bytes, server::body::BoxBody};

pub use self::table::RoutingError;
pub(crate) use self::{connection_end::ConnectionEnd, cors::CrossOrigin, table::RoutingTable};
use crate::operations::Peer;

/// A response of any surface.
pub type HttpResponse = Response<BoxBody>;

/// A part of the server with its own routes.
#[async_trait]
pub(crate) trait Surface: std::fmt::Debug + Send + Sync {
    /// Returns the routes that the surface responds to.
    fn routes(&self) -> &'static [Route];

    /// Returns the permissions of web pages of other origins.
    fn cross_origin(&self) -> CrossOrigin;

    /// Responds to a request with any method for one of the routes.
    async fn respond(&self, request: RoutedRequest<'_>) -> HttpResponse;

    /// Returns the response to a request whose body was not read, with this status. `None` is that of the API. The body of
    /// `request` is empty.
    async fn refuse_body(&self, _request: RoutedRequest<'_>, _status: StatusCode) -> Option<HttpResponse> {
        None
    }
}

/// A host and a path that a surface responds to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// One host, `*.name` for the hosts one label below a name, or `*` for every host.
    pub(crate) host: &'static str,
    /// The path in the form of `matchit`: `/static/{parameter}`, `/static/{*rest}`. It is compared with the path as it
    /// was sent, without decoding or normalization.
    pub(crate) path: &'static str,
    /// The value of `operation` in the access log.
    pub(crate) operation: &'static str,
}

impl Route {
    /// Returns the route of a path on every host.
    pub(crate) const fn new(path: &'static str, operation: &'static str) -> Self {
        Self { host: "*", path, operation }
    }
}

/// A request and the route that it matched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoutedRequest<'a> {
    /// The path of the route.
    pub(crate) path: &'static str,
    /// The parameters in the path.
    pub(crate) parameters: &'a matchit::Params<'a, 'a>,
    /// Everything but the body.
    pub(crate) head: &'a Parts,
    /// The whole body.
    pub(crate) body: &'a Bytes,
    /// The source of the request.
    pub(crate) source: RequestSource,
}

impl<'a> RoutedRequest<'a> {
    /// Returns a parameter of the path as it was sent. Returns an empty text if the route has no such parameter.
    pub(crate) fn parameter(&self, name: &str) -> &'a str {
        self.parameters.get(name).unwrap_or_default()
    }
}

/// The source of a request, which [`crate::http`] determines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestSource {
    /// The address of the client: the peer of the connection, or the one that a trusted proxy forwards.
    pub(crate) peer: Peer,
    /// Whether the request came over TLS: to this server, or to a trusted proxy before it.
    pub(crate) is_secure: bool,
}

/// Returns the address that the client at `address` is counted under.
///
/// *Chosen*: an IPv6 client is its network of 64 bits, since a single machine usually has all addresses of one.
pub(crate) fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

#[cfg(test)]
impl RequestSource {
    /// Returns the source of a request from this machine.
    pub(crate) fn local() -> Self {
        Self { peer: Peer(std::net::Ipv4Addr::LOCALHOST.into()), is_secure: false }
    }
}
