//! `lido health`: asks a server on this machine whether it is healthy.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};

use super::HealthArguments;
use crate::config::health_target;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks the server. Prints nothing if it is healthy.
///
/// # Errors
/// The server cannot be reached, or it is not healthy.
pub(crate) fn run(arguments: &HealthArguments) -> anyhow::Result<()> {
    let target = health_target(arguments)?;
    let address = target.addresses.into_iter().next().context("there is no address to ask")?;
    let address = reachable(address);
    let scheme = if target.uses_tls { "https" } else { "http" };
    let url = format!("{scheme}://{address}/_lido/health");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime
        .block_on(async {
            // The certificate is for the name that clients use, not for this address, and nothing secret is sent.
            let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT);
            let client = client.tls_danger_accept_invalid_certs(true).build()?;
            Ok::<_, reqwest::Error>(client.get(&url).send().await?.status())
        })
        .map_err(|error| {
            // The errors around the cause repeat the URL.
            let cause = anyhow::Error::from(error).root_cause().to_string();
            anyhow!("{url} does not answer: {cause}; is the server running, and on this address?")
        })?;
    if status == reqwest::StatusCode::BAD_REQUEST && !target.uses_tls {
        bail!("{url} answers {status}; if the server uses HTTPS, name --tls-cert or --config as it does");
    }
    if !status.is_success() {
        bail!("the server is not healthy: {url} answers {status}; its log has the cause");
    }
    Ok(())
}

/// Replaces the address that stands for all addresses of the machine by its loopback address.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unspecified_address_becomes_the_loopback_address() {
        for (listen, reached) in
            [("0.0.0.0:9229", "127.0.0.1:9229"), ("[::]:1", "[::1]:1"), ("192.0.2.7:80", "192.0.2.7:80")]
        {
            assert_eq!(reachable(listen.parse().unwrap()), reached.parse().unwrap());
        }
    }
}
