//! The issuer of tokens (`iss`): the URL below which a verifier finds the discovery document of a pool.
//!
//! It is `--issuer` with the pool id, or else the base of the endpoints with the pool id ([`App::issuer`]). The base of the
//! endpoints, where this server itself is reached, is [`App::base_url`]: both differ where verifiers expect the issuer
//! of AWS, or where the discovery document is published elsewhere.
//!
//! [`App::issuer`]: super::App::issuer
//! [`App::base_url`]: super::App::base_url

use std::str::FromStr;

use lido_domain::id::PoolId;
use url::Url;

/// The part of an issuer that is replaced by the Region of the pool.
const REGION: &str = "{region}";

/// The last segment of an issuer. It may be left out, because every issuer ends with the pool id.
const POOL: &str = "/{poolId}";

/// An issuer without the pool id, in which `{region}` stands for the Region of the pool.
///
/// *Chosen*: the placeholders, so that `https://cognito-idp.{region}.amazonaws.com/{poolId}`, as the documentation of AWS
/// writes the issuer, is the value that makes tokens look like those of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerTemplate(String);

impl IssuerTemplate {
    /// Returns the issuer of the tokens of a pool.
    pub fn issuer(&self, pool: &PoolId) -> String {
        format!("{}/{pool}", self.0.replace(REGION, pool.region()))
    }

    /// Returns the URL of the issuer in some Region, without the pool id.
    fn sample(&self) -> Option<Url> {
        Url::parse(&self.0.replace(REGION, "us-east-1")).ok()
    }

    /// Returns whether verifiers fetch keys from another machine without encryption.
    pub fn is_unencrypted(&self) -> bool {
        self.sample().is_some_and(|url| url.scheme() == "http" && !is_this_machine(&url))
    }
}

/// Returns whether the host of a URL is this machine.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for IssuerTemplate {
    type Err = String;

    /// Parses an issuer.
    ///
    /// Verifiers compare issuers byte by byte and build URLs from them. So a text that a URL parser would change, such
    /// as a host in upper case, is refused.
    fn from_str(text: &str) -> Result<Self, String> {
        let base = text.strip_suffix('/').unwrap_or(text);
        let template = Self(base.strip_suffix(POOL).unwrap_or(base).to_owned());
        let is_exact = |url: &Url| {
            let plain = template.0.replace(REGION, "us-east-1");
            let has_only_a_path = url.query().is_none() && url.fragment().is_none();
            url.as_str().trim_end_matches('/') == plain && has_only_a_path && url.username().is_empty()
        };
        let url = template.sample().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        // The parser has encoded other braces, or refused them in the host.
        match url.filter(is_exact) {
            Some(_) => Ok(template),
            None => Err("an issuer must be http:// or https://, a host in lower case, and a path without the pool id, such \
                         as https://auth.example.com; {region} stands for the Region of the pool, and {poolId} may be \
                         the last segment"
                .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_ends_with_the_pool_id() {
        let pool = PoolId::new("eu-west-1_aBcDeFgH1");
        for (text, expected) in [
            ("https://auth.example.com", "https://auth.example.com/eu-west-1_aBcDeFgH1"),
            ("https://auth.example.com/", "https://auth.example.com/eu-west-1_aBcDeFgH1"),
            ("https://auth.example.com/{poolId}", "https://auth.example.com/eu-west-1_aBcDeFgH1"),
            ("https://example.com/a/b/", "https://example.com/a/b/eu-west-1_aBcDeFgH1"),
            ("http://[::1]:9229", "http://[::1]:9229/eu-west-1_aBcDeFgH1"),
            (
                "https://cognito-idp.{region}.amazonaws.com/{poolId}",
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_aBcDeFgH1",
            ),
            ("https://example.com/{region}", "https://example.com/eu-west-1/eu-west-1_aBcDeFgH1"),
        ] {
            let template = text.parse::<IssuerTemplate>().expect(text);
            assert_eq!(template.issuer(&pool), expected, "{text}");
        }
    }

    #[test]
    fn text_that_a_verifier_would_read_differently_is_refused() {
        for text in [
            "",
            "/",
            "auth.example.com",
            "https://",
            "ftp://auth.example.com",
            "https://Auth.example.com",
            "https://auth.example.com:443",
            "https://auth.example.com//",
            "https://auth.example.com/a/../b",
            "https://auth.example.com/a b",
            "https://auth.example.com?a",
            "https://auth.example.com#a",
            "https://user@auth.example.com",
            "https://user:secret@auth.example.com",
            "https://auth.example.com/{poolId}/a",
            "https://auth.example.com/{poolid}",
            "https://auth.example.com/{pool}/{poolId}",
            "https://{poolId}.example.com",
            "https://auth.{Region}.example.com",
            "https://auth.example.com/{poolId}/{poolId}",
        ] {
            assert!(text.parse::<IssuerTemplate>().is_err(), "{text}");
        }
    }

    #[test]
    fn http_to_another_machine_is_unencrypted() {
        for (text, expected) in [
            ("http://auth.example.com", true),
            ("http://{region}.example.com", true),
            ("http://localhost:9229", false),
            ("http://lido.localhost", false),
            ("http://[::1]:9229", false),
            ("https://auth.example.com", false),
        ] {
            assert_eq!(text.parse::<IssuerTemplate>().expect(text).is_unencrypted(), expected, "{text}");
        }
    }
}
