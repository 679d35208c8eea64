//! The origin of a request: the parts of its HTTP head that handlers use.
//!
//! It is read once per request from the head that [`crate::http`] received. Trigger events contain the caller's SDK,
//! and authentication events the address and the device; no rule depends on it.

use std::{convert::Infallible, net::IpAddr};

use http::{HeaderMap, header, request::Parts};
use lido_domain::user::auth_event::{AuthEventDraft, EventContext, EventKind};
use lido_runtime::server::request::FromParts;

use crate::wire::auth_event::{self, ClientContext};

/// The address of the sender of a request, an extension that [`crate::http`] adds to each request.
///
/// It is the remote address of the connection, or the address that a trusted proxy forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The mark of a request that came over TLS, to this server or to a trusted proxy, an extension that [`crate::http`] adds.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedOverTls;

/// The mark of a request whose messages are lost on their way, an extension that [`crate::api`] adds for a fault on demand.
#[derive(Clone, Copy, Debug)]
pub struct LosesMessages;

/// The Region that the sender of a signed request is limited to, an extension that [`crate::api`] adds to such requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRegion(pub String);

/// The origin of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the sender; `None` without a connection.
    pub address: Option<IpAddr>,
    /// The `x-amz-user-agent` header, which SDKs in browsers send, or the `User-Agent` header.
    pub user_agent: Option<String>,
    /// The `Host` header, with its port.
    pub host: Option<String>,
    /// Whether the request came over TLS: to this server, or to a trusted proxy before it.
    pub is_secure: bool,
    /// Whether the messages of the request are lost: a fault on demand.
    pub loses_messages: bool,
    /// The Region that the request is limited to: signed operations find and create the pools of this Region only. `None`
    /// for public operations, and if all callers share one Region.
    pub region: Option<String>,
}

impl Origin {
    /// Reads the origin from the head of a request.
    pub fn of(parts: &Parts) -> Self {
        let user_agent = text(&parts.headers, "x-amz-user-agent");
        Self {
            address: parts.extensions.get::<Peer>().map(|peer| peer.0),
            user_agent: user_agent.or_else(|| text(&parts.headers, header::USER_AGENT.as_str())),
            host: text(&parts.headers, header::HOST.as_str()),
            is_secure: parts.extensions.get::<ReceivedOverTls>().is_some(),
            loses_messages: parts.extensions.get::<LosesMessages>().is_some(),
            region: parts.extensions.get::<CallerRegion>().map(|region| region.0.clone()),
        }
    }

    /// Returns the draft of the authentication event of the request.
    ///
    /// The device is the one that the app client sent, else the user agent of the request.
    pub fn event_draft(
        &self,
        id: String,
        kind: EventKind,
        client: impl Into<ClientContext>,
    ) -> AuthEventDraft {
        let ClientContext { address, device_name, timezone } = client.into();
        let ip_address = self.address.map(|address| address.to_string());
        let device_name = device_name.or_else(|| self.user_agent.as_deref().map(auth_event::truncate));
        let context = EventContext { ip_address, device_name, timezone };
        AuthEventDraft { id, kind, context, propagated_address: address }
    }

    /// Returns the URL by which the client reached this server, from the `Host` header. It has `https` if the request
    /// came over TLS, to this server or to a trusted proxy before it.
    ///
    /// Returns `None` if the header is absent or is not a plausible host.
    pub fn base(&self) -> Option<String> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        let host = self.host.as_deref().filter(|host| !host.is_empty() && host.bytes().all(is_host))?;
        let scheme = if self.is_secure { "https" } else { "http" };
        Some(format!("{scheme}://{host}"))
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

impl<P> FromParts<P> for Origin
where
    Infallible: lido_runtime::server::response::IntoResponse<P>,
{
    type Rejection = Infallible;

    fn from_parts(parts: &mut Parts) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn base_requires_a_plausible_host() {
        let base = |host: &str| Origin { host: Some(host.to_owned()), ..Origin::default() }.base();
        for host in ["localhost:9229", "127.0.0.1:9229", "[::1]:9229", "a.example"] {
            assert_eq!(base(host), Some(format!("http://{host}")));
        }
        for host in ["", "a.example/path", "a@b", "a b", "a\"b", "ä.example"] {
            assert_eq!(base(host), None, "{host}");
        }
        assert_eq!(Origin::default().base(), None);
        let secure = Origin { host: Some("a.example".to_owned()), is_secure: true, ..Origin::default() };
        assert_eq!(secure.base(), Some("https://a.example".to_owned()));
    }
}
