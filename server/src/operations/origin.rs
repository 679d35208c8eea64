//! Where a request came from: what a handler may know of its carrier.
//!
//! It is made once a request from the head that [`crate::http`] received. Handlers pass it on to triggers, which tell
//! their functions the caller's SDK, and to the record of authentication events; nothing is decided by it.

use std::{convert::Infallible, net::IpAddr};

use http::{HeaderMap, header, request::Parts};
use lido_domain::user::auth_event::{AuthEventDraft, EventContext, EventKind};
use lido_runtime::server::request::FromParts;

use crate::wire::auth_event::{self, ClientContext};

/// The address of whoever sent the request; [`crate::http`] puts it beside each. It is the other end of the connection,
/// or whom a trusted proxy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Where a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the sender, if there is a connection at all.
    pub address: Option<IpAddr>,
    /// The User-Agent as sent, or `x-amz-user-agent`, which SDKs in browsers send in its place.
    pub user_agent: Option<String>,
    /// The Host as sent, with its port.
    pub host: Option<String>,
}

impl Origin {
    /// Where the request with this head came from.
    pub fn of(parts: &Parts) -> Self {
        let user_agent = text(&parts.headers, "x-amz-user-agent");
        Self {
            address: parts.extensions.get::<Peer>().map(|peer| peer.0),
            user_agent: user_agent.or_else(|| text(&parts.headers, header::USER_AGENT.as_str())),
            host: text(&parts.headers, header::HOST.as_str()),
        }
    }

    /// The authentication event of the request: what the client says of the user's device, else what the request shows.
    pub fn event_draft(
        &self,
        id: String,
        kind: EventKind,
        client: impl Into<ClientContext>,
    ) -> AuthEventDraft {
        let ClientContext { address, device_name, timezone } = client.into();
        let ip_address = self.address.map(|address| address.to_string());
        let device_name = device_name.or_else(|| self.user_agent.as_deref().map(auth_event::short));
        let context = EventContext { ip_address, device_name, timezone };
        AuthEventDraft { id, kind, context, propagated_address: address }
    }

    /// The address that the client used, as far as its Host tells; a listener of ours speaks plain HTTP.
    pub fn base(&self) -> Option<String> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        let host = self.host.as_deref().filter(|host| !host.is_empty() && host.bytes().all(is_host))?;
        Some(format!("http://{host}"))
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
    fn a_base_is_made_of_a_plausible_host_only() {
        let base = |host: &str| Origin { host: Some(host.to_owned()), ..Origin::default() }.base();
        for host in ["localhost:9229", "127.0.0.1:9229", "[::1]:9229", "a.example"] {
            assert_eq!(base(host), Some(format!("http://{host}")));
        }
        for host in ["", "a.example/path", "a@b", "a b", "a\"b", "ä.example"] {
            assert_eq!(base(host), None, "{host}");
        }
        assert_eq!(Origin::default().base(), None);
    }
}
