//! The source of a request: the address of its client, and the addresses that are refused.
//!
//! The client is the peer of the connection or, if that is a trusted proxy, the address in `X-Forwarded-For`. Requests
//! from refused addresses get the response of a web ACL in front of the service, before their body is read.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, StatusCode};
use ipnet::IpNet;
use lido_runtime::{Operation as _, response::front_end_error};

use super::closing;
use crate::{
    operations::{Operation, Peer},
    surface::{HttpResponse, RequestSource},
};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The ranges of addresses that are refused, and those of trusted proxies.
#[derive(Debug, Default)]
pub(super) struct SourceFilter {
    pub(super) refused: Vec<IpNet>,
    pub(super) proxies: Vec<IpNet>,
}

impl SourceFilter {
    /// Returns the source of a request with these headers on a connection.
    ///
    /// Whether a trusted proxy received the request over TLS is what it says; without a word, whether it sent it so.
    pub(super) fn source(&self, connection: RequestSource, headers: &HeaderMap) -> RequestSource {
        // On a socket for both families, IPv4 addresses are mapped to IPv6.
        let peer = Peer(connection.peer.0.to_canonical());
        if self.proxies.is_empty() || !is_in(&self.proxies, peer.0) {
            return RequestSource { peer, ..connection };
        }
        // Each proxy appends the address of its peer. The one that the farthest trusted proxy appended is genuine;
        // those before it may be forged.
        let mut source = peer.0;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        // A forged value may be no valid text.
        let named = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for name in named {
            let name = std::str::from_utf8(name).unwrap_or_default();
            let Some(address) = address(name.trim()) else { break };
            source = address;
            if !is_in(&self.proxies, address) {
                break;
            }
        }
        let forwarded = headers.get(FORWARDED_PROTO);
        let is_secure =
            forwarded.map_or(connection.is_secure, |proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        RequestSource { peer: Peer(source), is_secure }
    }

    /// Returns whether requests from this source are refused.
    pub(super) fn is_refused(&self, source: RequestSource) -> bool {
        is_in(&self.refused, source.peer.0)
    }
}

fn is_in(ranges: &[IpNet], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}

/// Parses an address as proxies write it: bare, in brackets, with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.parse().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare().or_else(with_port).or_else(in_brackets).map(|address: IpAddr| address.to_canonical())
}

/// Returns the response to a refused address.
///
/// *Observed* behind a web ACL: this body, and 403, the only client error whose status is not 400 (cog-0252).
pub(super) fn refusal() -> HttpResponse {
    const NAME: &str = "ForbiddenException";
    const TEXT: &str = "Request not allowed due to WAF block.";
    closing(front_end_error(Operation::settings(), StatusCode::FORBIDDEN, NAME, Some(TEXT)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn ranges(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().expect("a range")).collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn plain(peer: &str) -> RequestSource {
        RequestSource { peer: Peer(ip(peer)), is_secure: false }
    }

    #[test]
    fn forwarded_for_is_used_from_trusted_proxies_only() {
        let filter = SourceFilter { proxies: ranges(&["10.0.0.0/8", "::1/128"]), refused: vec![] };
        let cases: [(&str, &[&str], &str); 13] = [
            ("192.0.2.1", &["198.51.100.7"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            // Addresses before the last one that is not a proxy may be forged.
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9", "198.51.100.7,10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("::1", &["[2001:db8::7]"], "2001:db8::7"),
            ("::1", &["198.51.100.7:4711, ::ffff:10.0.0.2"], "198.51.100.7"),
        ];
        let mut headers = HeaderMap::new();
        let forged = HeaderValue::from_bytes(b"\xff, 198.51.100.7, 10.0.0.2").expect("a value");
        headers.insert(FORWARDED_FOR, forged);
        assert_eq!(filter.source(plain("10.0.0.1"), &headers).peer.0, ip("198.51.100.7"));
        for (peer, lines, source) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            let found = filter.source(plain(peer), &headers);
            assert_eq!(found.peer.0, ip(source), "{peer} {lines:?}");
        }
    }

    #[test]
    fn forwarded_proto_is_used_from_trusted_proxies_only() {
        let filter = SourceFilter { proxies: ranges(&["10.0.0.0/8"]), refused: vec![] };
        let mut headers = HeaderMap::new();
        let over_tls = |peer: &str| RequestSource { is_secure: true, ..plain(peer) };
        assert!(!filter.source(plain("10.0.0.1"), &headers).is_secure);
        assert!(filter.source(over_tls("10.0.0.1"), &headers).is_secure);
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("HTTPS"));
        assert!(filter.source(plain("10.0.0.1"), &headers).is_secure);
        assert!(!filter.source(plain("192.0.2.1"), &headers).is_secure);
        assert!(!SourceFilter::default().source(plain("10.0.0.1"), &headers).is_secure);
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
        assert!(!filter.source(over_tls("10.0.0.1"), &headers).is_secure);
        assert!(filter.source(over_tls("192.0.2.1"), &headers).is_secure);
    }

    #[test]
    fn address_in_a_refused_range_is_refused() {
        let filter = SourceFilter {
            refused: ranges(&["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"]),
            proxies: vec![],
        };
        let cases = [
            ("192.0.2.200", true),
            ("192.0.3.1", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("::ffff:192.0.2.1", true),
        ];
        for (address, is_refused) in cases {
            let source = filter.source(plain(address), &HeaderMap::new());
            assert_eq!(filter.is_refused(source), is_refused, "{address}");
        }
    }
}
