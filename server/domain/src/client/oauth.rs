//! What an app client says of OAuth: which grants and scopes, and where browsers may be sent.
//!
//! Nothing here grants anything yet; the settings are kept, and those that contradict each other are refused as the
//! service refuses them. Texts of these refusals were seen in public reports; see the server's `wire::refusal`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::refusal::{ClientFault, OAuthFault, Refusal};

/// A value of AllowedOAuthFlows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OAuthFlow {
    /// `code`.
    Code,
    /// `implicit`.
    Implicit,
    /// `client_credentials`.
    ClientCredentials,
}

/// The scopes that every pool has (*Documented*); all others are `<resource server>/<scope>`.
const STANDARD_SCOPES: [&str; 5] = ["phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"];

/// An app client's OAuth settings, as a request asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OAuth {
    /// AllowedOAuthFlowsUserPoolClient: whether they are in force.
    pub in_force: bool,
    /// AllowedOAuthFlows.
    pub flows: BTreeSet<OAuthFlow>,
    /// AllowedOAuthScopes.
    pub scopes: Vec<String>,
    /// CallbackURLs.
    pub callback_urls: Vec<String>,
    /// LogoutURLs.
    pub logout_urls: Vec<String>,
    /// DefaultRedirectURI.
    pub default_redirect_uri: Option<String>,
}

impl OAuth {
    /// Refuses settings that contradict each other.
    ///
    /// The order is *Chosen*: addresses, then flows, then scopes. So is that settings which are not in force may be
    /// incomplete; the documentation says that they cannot be set then, but deployments set them and are not refused.
    pub fn check(&self, has_secret: bool) -> Result<(), Refusal> {
        let fault = |fault| Err(Refusal::Client(ClientFault::OAuth(fault)));
        for url in self.callback_urls.iter().chain(&self.logout_urls).chain(&self.default_redirect_uri) {
            check_url(url)?;
        }
        if let Some(default) = &self.default_redirect_uri
            && !self.callback_urls.contains(default)
        {
            return fault(OAuthFault::DefaultRedirectUnlisted(default.clone()));
        }
        if self.in_force && (self.flows.is_empty() || self.scopes.is_empty()) {
            return fault(OAuthFault::FlowsOrScopesMissing);
        }
        let by_machine = self.flows.contains(&OAuthFlow::ClientCredentials);
        let by_browser = self.flows.iter().any(|flow| *flow != OAuthFlow::ClientCredentials);
        if by_machine && by_browser {
            return fault(OAuthFault::CredentialsNotAlone);
        }
        if by_machine && !has_secret {
            return fault(OAuthFault::CredentialsWithoutSecret);
        }
        if self.in_force && by_browser && self.callback_urls.is_empty() {
            return fault(OAuthFault::CallbackMissing);
        }
        for scope in &self.scopes {
            let is_standard = STANDARD_SCOPES.contains(&scope.as_str());
            if is_standard && by_machine {
                return fault(OAuthFault::ScopeNotForCredentials(scope.clone()));
            }
            // *Chosen*: as long as resource servers are not served, any scope may be one of theirs.
            if !is_standard && !scope.contains('/') {
                return fault(OAuthFault::UnknownScope(scope.clone()));
            }
        }
        Ok(())
    }
}

/// An absolute URI without a fragment, and `http` only on the machine itself (*Documented*). Schemes of apps are
/// allowed.
fn check_url(url: &str) -> Result<(), Refusal> {
    let fault =
        |fault: fn(String) -> OAuthFault| Err(Refusal::Client(ClientFault::OAuth(fault(url.to_owned()))));
    let Some((scheme, rest)) = url.split_once(':') else { return fault(OAuthFault::NotAbsolute) };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !is_scheme || rest.is_empty() {
        return fault(OAuthFault::NotAbsolute);
    }
    if url.contains('#') {
        return fault(OAuthFault::Fragment);
    }
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    if !is_web {
        return Ok(());
    }
    let Some(host) = rest.strip_prefix("//").map(host_of).filter(|host| !host.is_empty()) else {
        return fault(OAuthFault::NotAbsolute);
    };
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    if scheme.eq_ignore_ascii_case("http") && !is_here { fault(OAuthFault::PlainHttp) } else { Ok(()) }
}

/// The host of what follows `//`, without a port. Whoever puts a name and password before it is no friend, so what
/// comes before an `@` belongs to the host here and makes it strange.
fn host_of(rest: &str) -> &str {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fault: OAuthFault) -> Result<(), Refusal> {
        Err(Refusal::Client(ClientFault::OAuth(fault)))
    }

    #[test]
    fn addresses() {
        type Fault = fn(String) -> OAuthFault;
        let cases: [(&str, Option<Fault>); 16] = [
            ("https://example.com/back", None),
            ("https://example.com:8443", None),
            ("HTTPS://example.com", None),
            ("http://localhost", None),
            ("http://localhost:3000/back", None),
            ("http://127.0.0.1:1?x=y", None),
            ("http://[::1]:8080", None),
            ("myapp://example", None),
            ("com.example.app:/back", None),
            ("http://example.com", Some(OAuthFault::PlainHttp)),
            ("http://localhost@example.com", Some(OAuthFault::PlainHttp)),
            ("http://localhost.example.com", Some(OAuthFault::PlainHttp)),
            ("https://example.com/#x", Some(OAuthFault::Fragment)),
            ("example.com/back", Some(OAuthFault::NotAbsolute)),
            ("https://", Some(OAuthFault::NotAbsolute)),
            ("/back", Some(OAuthFault::NotAbsolute)),
        ];
        for (url, fault) in cases {
            let expected = fault.map_or(Ok(()), |fault| of(fault(url.to_owned())));
            assert_eq!(check_url(url), expected, "{url}");
        }
    }

    #[test]
    fn settings_that_contradict() {
        use OAuthFlow::{ClientCredentials, Code, Implicit};
        let whole = |flows: &[OAuthFlow], scopes: &[&str]| OAuth {
            in_force: true,
            flows: flows.iter().copied().collect(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            callback_urls: vec!["https://example.com".into()],
            ..OAuth::default()
        };
        let unlisted = "https://example.com/other".to_owned();
        let cases = [
            (OAuth::default(), false, Ok(())),
            (whole(&[Code, Implicit], &["openid"]), false, Ok(())),
            (whole(&[], &["openid"]), false, of(OAuthFault::FlowsOrScopesMissing)),
            (whole(&[Code], &[]), false, of(OAuthFault::FlowsOrScopesMissing)),
            (OAuth { in_force: false, ..whole(&[Code], &[]) }, false, Ok(())),
            (
                OAuth { callback_urls: vec![], ..whole(&[Code], &["openid"]) },
                false,
                of(OAuthFault::CallbackMissing),
            ),
            (OAuth { in_force: false, callback_urls: vec![], ..whole(&[Code], &["openid"]) }, false, Ok(())),
            (whole(&[ClientCredentials, Code], &["a/b"]), true, of(OAuthFault::CredentialsNotAlone)),
            (whole(&[ClientCredentials], &["a/b"]), false, of(OAuthFault::CredentialsWithoutSecret)),
            (OAuth { callback_urls: vec![], ..whole(&[ClientCredentials], &["a/b"]) }, true, Ok(())),
            (
                whole(&[ClientCredentials], &["openid"]),
                true,
                of(OAuthFault::ScopeNotForCredentials("openid".into())),
            ),
            (whole(&[Code], &["Cognito"]), false, of(OAuthFault::UnknownScope("Cognito".into()))),
            (
                OAuth { default_redirect_uri: Some(unlisted.clone()), ..whole(&[Code], &["openid"]) },
                false,
                of(OAuthFault::DefaultRedirectUnlisted(unlisted)),
            ),
        ];
        for (oauth, has_secret, expected) in cases {
            assert_eq!(oauth.check(has_secret), expected, "{oauth:?}");
        }
    }
}
