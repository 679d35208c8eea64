//! The OAuth settings of an app client: flows, scopes, and redirect URLs.
//!
//! Contradictory settings are refused as the service refuses them. The texts of these refusals are *Observed* in public reports; they are in the server's
//! `wire::refusal`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    refusal::{ClientFault, OAuthFault, Refusal},
    scope::{self, STANDARD_SCOPES, Scopes},
};

/// A value of `AllowedOAuthFlows`.
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

/// The OAuth settings of an app client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OAuth {
    /// `AllowedOAuthFlowsUserPoolClient`: whether OAuth is turned on.
    pub is_enabled: bool,
    /// `AllowedOAuthFlows`.
    pub flows: BTreeSet<OAuthFlow>,
    /// `AllowedOAuthScopes`.
    pub scopes: Vec<String>,
    /// `CallbackURLs`.
    pub callback_urls: Vec<String>,
    /// `LogoutURLs`.
    pub logout_urls: Vec<String>,
    /// `DefaultRedirectURI`.
    pub default_redirect_uri: Option<String>,
    /// `SupportedIdentityProviders`, if set.
    pub providers: Option<Vec<String>>,
    /// Whether a code needs a challenge. It is no setting of an app client: clients need it that name themselves by the address
    /// of a document ([`crate::client::cimd`]).
    pub needs_challenge: bool,
}

/// The name of the identity provider that is the pool itself.
pub const POOL_PROVIDER: &str = "COGNITO";

impl OAuth {
    /// Returns whether the app client may use a flow. Its flows have no effect while OAuth is turned off (*Documented*,
    /// oau-0136).
    pub fn allows(&self, flow: OAuthFlow) -> bool {
        self.is_enabled && self.flows.contains(&flow)
    }

    /// Returns the redirect URL of a request without `redirect_uri`: the default, or the only one, of an app client with
    /// one identity provider (*Documented*, oau-0032). *Chosen*: an app client without a list of providers has one.
    pub fn implied_redirect_uri(&self) -> Option<&str> {
        let has_one_provider = self.providers.as_ref().is_none_or(|providers| providers.len() == 1);
        let only = match self.callback_urls.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        self.default_redirect_uri.as_ref().or(only).filter(|_| has_one_provider).map(String::as_str)
    }

    /// Returns whether the pool's own users may sign in through the app client's pages.
    pub fn has_pool_users(&self) -> bool {
        self.has_provider(POOL_PROVIDER)
    }

    /// Returns whether users of this identity provider may sign in through the app client's pages.
    ///
    /// *Chosen*: the pool's own users may, if no providers are listed; the service shows no way to sign in then.
    pub fn has_provider(&self, name: &str) -> bool {
        match &self.providers {
            Some(providers) => providers.iter().any(|provider| provider == name),
            None => name == POOL_PROVIDER,
        }
    }

    /// Returns those of some scopes that the app client has and that exist, in their order. `custom_scopes` are those of the
    /// pool's resource servers.
    ///
    /// *Chosen* for the tokens of an authorization that has been granted: the service's answer is unknown, and a scope that
    /// was withdrawn is given no more.
    pub fn keep_scopes(&self, scopes: &Scopes, custom_scopes: &BTreeSet<String>) -> Scopes {
        let is_kept =
            |name: &&str| self.scopes.iter().any(|other| other == name) && scope::exists(name, custom_scopes);
        Scopes::new(scopes.iter().filter(is_kept))
    }

    /// Refuses settings that contradict each other, and scopes that do not exist. `custom_scopes` are the scopes of resource
    /// servers.
    ///
    /// *Chosen*: the order (URLs, flows, scopes), and that the settings may be incomplete while OAuth is turned off.
    /// The documentation says that they cannot be set then, but deployments set them and are not refused.
    ///
    /// # Errors
    ///
    /// [`ClientFault::OAuth`] with the first fault.
    pub fn check(&self, has_secret: bool, custom_scopes: &BTreeSet<String>) -> Result<(), Refusal> {
        let fault = |fault| Err(Refusal::Client(ClientFault::OAuth(fault)));
        for url in self.callback_urls.iter().chain(&self.logout_urls).chain(&self.default_redirect_uri) {
            check_url(url)?;
        }
        if let Some(default) = &self.default_redirect_uri
            && !self.callback_urls.contains(default)
        {
            return fault(OAuthFault::DefaultRedirectNotListed(default.clone()));
        }
        if self.is_enabled && (self.flows.is_empty() || self.scopes.is_empty()) {
            return fault(OAuthFault::FlowsOrScopesMissing);
        }
        let by_machine = self.flows.contains(&OAuthFlow::ClientCredentials);
        let by_browser = self.flows.iter().any(|flow| *flow != OAuthFlow::ClientCredentials);
        if by_machine && by_browser {
            return fault(OAuthFault::ClientCredentialsNotAlone);
        }
        if by_machine && !has_secret {
            return fault(OAuthFault::CredentialsWithoutSecret);
        }
        if self.is_enabled && by_browser && self.callback_urls.is_empty() {
            return fault(OAuthFault::CallbackMissing);
        }
        for scope in &self.scopes {
            let is_standard = STANDARD_SCOPES.contains(&scope.as_str());
            if is_standard && by_machine {
                return fault(OAuthFault::ScopeNotForCredentials(scope.clone()));
            }
            if !is_standard && !custom_scopes.contains(scope) {
                return fault(OAuthFault::UnknownScope(scope.clone()));
            }
        }
        Ok(())
    }
}

/// The schemes whose URLs lead to no app: a browser runs or shows their own text, or a file.
const REFUSED_SCHEMES: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];

/// Returns the scheme of an absolute URL, and what follows its colon (RFC 3986, section 3.1).
pub(crate) fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (is_scheme && !rest.is_empty()).then_some((scheme, rest))
}

/// Refuses a URL that is not absolute, has a fragment, or is `http` to another host than localhost (*Documented*).
/// Custom schemes of apps are allowed.
///
/// *Chosen*: [`REFUSED_SCHEMES`], and user information before the host, which disguises it. No app needs them, and pages
/// may link to the URLs.
pub(crate) fn check_url(url: &str) -> Result<(), Refusal> {
    let fault =
        |fault: fn(String) -> OAuthFault| Err(Refusal::Client(ClientFault::OAuth(fault(url.to_owned()))));
    let Some((scheme, rest)) = split_scheme(url) else { return fault(OAuthFault::NotAbsolute) };
    if url.contains('#') {
        return fault(OAuthFault::Fragment);
    }
    if REFUSED_SCHEMES.iter().any(|refused| scheme.eq_ignore_ascii_case(refused)) {
        return fault(OAuthFault::NotAbsolute);
    }
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    if !is_web {
        return Ok(());
    }
    let Some(host) = rest.strip_prefix("//").map(host_of).filter(|host| !host.is_empty()) else {
        return fault(OAuthFault::NotAbsolute);
    };
    // Browsers read a backslash as a slash.
    if host.contains(['@', '\\']) {
        return fault(OAuthFault::NotAbsolute);
    }
    let is_localhost = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    if scheme.eq_ignore_ascii_case("http") && !is_localhost { fault(OAuthFault::PlainHttp) } else { Ok(()) }
}

/// Returns the host in the text after `//`, without the port. User information before an `@` is not removed.
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

    fn refused(fault: OAuthFault) -> Result<(), Refusal> {
        Err(Refusal::Client(ClientFault::OAuth(fault)))
    }

    /// oau-0208.
    #[test]
    fn redirect_url_must_be_absolute_https_or_localhost() {
        type Fault = fn(String) -> OAuthFault;
        let cases: [(&str, Option<Fault>); 25] = [
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
            ("http://localhost@example.com", Some(OAuthFault::NotAbsolute)),
            ("https://user@example.com", Some(OAuthFault::NotAbsolute)),
            ("https://user:password@example.com/back", Some(OAuthFault::NotAbsolute)),
            ("http://[::1]@example.com", Some(OAuthFault::NotAbsolute)),
            ("https://example.com\\@other.example", Some(OAuthFault::NotAbsolute)),
            ("https://example.com/back?at=a@b", None),
            ("javascript:alert(1)", Some(OAuthFault::NotAbsolute)),
            ("JavaScript://example.com/%0aalert(1)", Some(OAuthFault::NotAbsolute)),
            ("data:text/html,x", Some(OAuthFault::NotAbsolute)),
            ("file:///etc/passwd", Some(OAuthFault::NotAbsolute)),
            ("http://localhost.example.com", Some(OAuthFault::PlainHttp)),
            ("https://example.com/#x", Some(OAuthFault::Fragment)),
            ("example.com/back", Some(OAuthFault::NotAbsolute)),
            ("https://", Some(OAuthFault::NotAbsolute)),
            ("/back", Some(OAuthFault::NotAbsolute)),
        ];
        for (url, fault) in cases {
            let expected = fault.map_or(Ok(()), |fault| refused(fault(url.to_owned())));
            assert_eq!(check_url(url), expected, "{url}");
        }
    }

    /// oau-0215.
    #[test]
    fn contradictory_oauth_settings_are_refused() {
        use OAuthFlow::{ClientCredentials, Code, Implicit};
        let complete = |flows: &[OAuthFlow], scopes: &[&str]| OAuth {
            is_enabled: true,
            flows: flows.iter().copied().collect(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            callback_urls: vec!["https://example.com".into()],
            ..OAuth::default()
        };
        let unlisted = "https://example.com/other".to_owned();
        let cases = [
            (OAuth::default(), false, Ok(())),
            (complete(&[Code, Implicit], &["openid"]), false, Ok(())),
            (complete(&[], &["openid"]), false, refused(OAuthFault::FlowsOrScopesMissing)),
            (complete(&[Code], &[]), false, refused(OAuthFault::FlowsOrScopesMissing)),
            (OAuth { is_enabled: false, ..complete(&[Code], &[]) }, false, Ok(())),
            (
                OAuth { callback_urls: vec![], ..complete(&[Code], &["openid"]) },
                false,
                refused(OAuthFault::CallbackMissing),
            ),
            (
                OAuth { is_enabled: false, callback_urls: vec![], ..complete(&[Code], &["openid"]) },
                false,
                Ok(()),
            ),
            (
                complete(&[ClientCredentials, Code], &["a/b"]),
                true,
                refused(OAuthFault::ClientCredentialsNotAlone),
            ),
            (complete(&[ClientCredentials], &["a/b"]), false, refused(OAuthFault::CredentialsWithoutSecret)),
            (OAuth { callback_urls: vec![], ..complete(&[ClientCredentials], &["a/b"]) }, true, Ok(())),
            (
                complete(&[ClientCredentials], &["openid"]),
                true,
                refused(OAuthFault::ScopeNotForCredentials("openid".into())),
            ),
            (complete(&[Code], &["Cognito"]), false, refused(OAuthFault::UnknownScope("Cognito".into()))),
            (complete(&[Code], &["openid", "a/b"]), false, Ok(())),
            (complete(&[Code], &["a/c"]), false, refused(OAuthFault::UnknownScope("a/c".into()))),
            (complete(&[Code], &["b"]), false, refused(OAuthFault::UnknownScope("b".into()))),
            (
                OAuth { default_redirect_uri: Some(unlisted.clone()), ..complete(&[Code], &["openid"]) },
                false,
                refused(OAuthFault::DefaultRedirectNotListed(unlisted)),
            ),
        ];
        for (oauth, has_secret, expected) in cases {
            let custom_scopes = BTreeSet::from(["a/b".to_owned()]);
            assert_eq!(oauth.check(has_secret, &custom_scopes), expected, "{oauth:?}");
        }
    }
}
