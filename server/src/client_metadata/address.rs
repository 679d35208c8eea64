//! The addresses that a document may be fetched from: those of public hosts, checked after the name is resolved.
//!
//! The resolver gives the connection the addresses that it has checked, so a name that resolves to another address a
//! moment later gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Returns whether a URL is `https` with the name of a host and without credentials. An IP address is no name: it
/// would not be resolved, and so not be checked.
pub(super) fn has_host_name(url: &Url) -> bool {
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    url.scheme() == "https" && url.domain().is_some() && !has_credentials
}

/// A resolver that knows public addresses only.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(check_all(found)?)
        })
    }
}

/// Returns the addresses, unless one of them is not public: a name with a mixture of both has no good reason.
fn check_all(found: Vec<SocketAddr>) -> Result<Addrs, &'static str> {
    if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
        return Err("the name has no address, or one that is not public");
    }
    Ok(Box::new(found.into_iter()))
}

/// Returns whether an address is one of the public internet: it is in none of the special-purpose registries of IANA
/// (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0, ..] | [10, ..] | [127, ..] | [224..=255, ..] => true,
        // Shared by providers.
        [100, second, ..] => (64..=127).contains(&second),
        [169, 254, ..] => true,
        [172, second, ..] => (16..=31).contains(&second),
        // Protocol assignments, documentation, the former relays of 6to4, private.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 168, ..] => true,
        // Benchmarks, documentation.
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    };
    !special
}

/// Global unicast addresses are in `2000::/3`. Among them are special ones, and ranges that contain an IPv4 address.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_special = match address.segments() {
        // Protocol assignments with Teredo, documentation, 6to4.
        [0x2001, second, ..] => second < 0x200 || second == 0xdb8,
        [0x2002, ..] => true,
        [0x3fff, second, ..] => second < 0x1000,
        _ => false,
    };
    address.segments()[0] & 0xe000 == 0x2000 && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "99.255.255.255",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
            "3ffe::1",
        ];
        let special = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ];
        for (addresses, expected) in [(&public[..], true), (&special[..], false)] {
            for address in addresses {
                assert_eq!(is_public(address.parse().expect("an address")), expected, "{address}");
            }
        }
    }

    #[test]
    fn name_with_one_address_inside_is_refused() {
        let parse = |addresses: &[&str]| -> Vec<SocketAddr> {
            addresses.iter().map(|address| SocketAddr::new(address.parse().expect("an address"), 0)).collect()
        };
        assert_eq!(check_all(parse(&["8.8.8.8", "2a00::1"])).map(Iterator::count).ok(), Some(2));
        assert!(check_all(parse(&["8.8.8.8", "10.0.0.1"])).is_err());
        assert!(check_all(parse(&[])).is_err());
    }
}
