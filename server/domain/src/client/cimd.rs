//! Policies of client ID metadata documents (CIMD): which OAuth clients may name themselves by the address of a
//! document.
//!
//! A policy binds patterns of addresses to an app client, with whose settings such a client signs its users in. The
//! document behind an address is fetched when a client names itself so, and is kept for a time ([`CachedMetadata`]);
//! [`to_client`] says what such a client may do. The rules of the operations are in [`crate::flow::cimd`]; the fetch
//! is in the server's `client_metadata` module.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Timestamp,
    client::{
        Client,
        oauth::{OAuth, OAuthFlow, check_url},
    },
    id::{CimdPolicyId, ClientId},
    scope::Scopes,
};

/// The maximum number of policies of a pool.
///
/// *Chosen*: the operation declares an error for a limit, whose number is not documented. A request by an unknown
/// client reads all policies of the pool.
pub const MAX_CIMD_POLICIES: usize = 25;

/// The maximum number of documents that a pool keeps (*Chosen*): a matching host can have any number of addresses. A
/// policy is removed with its documents in one commit, so that it is less than a step of the sweeper.
pub const MAX_CLIENT_METADATA: usize = 400;

/// The maximum length of an address (*Documented*, by the model of UpdateClientMetadataURLState).
const MAX_URL: usize = 256;

/// How long a document is kept if the policy does not say: a day, the least value that is allowed (*Chosen*).
const DEFAULT_CACHE_SECONDS: u32 = 86_400;

/// The scheme of every address and pattern (*Documented*, by the constraints of the model).
const SCHEME: &str = "https://";

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CimdPolicy {
    /// The id, unique within the pool.
    pub id: CimdPolicyId,
    /// The settings.
    #[serde(flatten)]
    pub settings: CimdPolicySettings,
    /// When the policy was created.
    pub created_at: Timestamp,
    /// When the policy was last changed.
    pub modified_at: Timestamp,
}

/// The settings of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CimdPolicySettings {
    /// `PolicyName`, for people.
    pub name: String,
    /// `ClientId`: the app client whose settings apply.
    pub client: ClientId,
    /// `CacheDuration`, if it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_seconds: Option<u32>,
    /// `URLPatterns`.
    pub patterns: Vec<String>,
}

/// The change of a policy by UpdateCIMDPolicy. An absent setting stays unchanged (*Documented*, api-0317: the two
/// others are required and replaced).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CimdPolicyUpdate {
    /// `ClientId`.
    pub client: ClientId,
    /// `URLPatterns`.
    pub patterns: Vec<String>,
    /// `PolicyName`.
    pub name: Option<String>,
    /// `CacheDuration`.
    pub cache_seconds: Option<u32>,
}

/// A document that was fetched and is kept until it expires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedMetadata {
    /// The policy under which it was fetched.
    pub policy: CimdPolicyId,
    /// The address.
    pub url: String,
    /// The document, a JSON object.
    pub document: Value,
    /// When it was fetched.
    pub cached_at: Timestamp,
    /// When it is not valid any more.
    pub expires_at: Timestamp,
}

impl CimdPolicy {
    /// Returns whether a client may name itself by this address.
    ///
    /// A `*` stands for any characters. *Chosen*: within the host it stands for no slash, so that a pattern for the
    /// hosts of a domain matches no path of another host. An address that programs could read in two ways is never
    /// matched: one with a user, a fragment or a backslash, or with a path that has dot segments.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::{Timestamp, id::{CimdPolicyId, ClientId}, client::cimd::{CimdPolicy, CimdPolicySettings}};
    ///
    /// let settings = CimdPolicySettings {
    ///     name: "apps".to_owned(),
    ///     client: ClientId::new("1example23456789"),
    ///     cache_seconds: None,
    ///     patterns: vec!["https://*.example.com/clients/*".to_owned()],
    /// };
    /// let at = Timestamp::from_millis(0);
    /// let policy = CimdPolicy { id: CimdPolicyId::new("p"), settings, created_at: at, modified_at: at };
    /// assert!(policy.matches("https://app.example.com/clients/one.json"));
    /// assert!(!policy.matches("https://app.example.org/x.example.com/clients/one.json"));
    /// ```
    pub fn matches(&self, url: &str) -> bool {
        let Some((host, path)) = split(url).filter(|_| url.len() <= MAX_URL) else { return false };
        let is_plain = !url.contains(['#', '\\', '@']) && !host.is_empty() && !has_dot_segment(path);
        is_plain
            && self.settings.patterns.iter().filter_map(|pattern| split(pattern)).any(
                |(host_pattern, path_pattern)| is_match(host_pattern, host) && is_match(path_pattern, path),
            )
    }

    /// Returns how long documents are kept.
    pub fn cache_seconds(&self) -> u32 {
        self.settings.cache_seconds.unwrap_or(DEFAULT_CACHE_SECONDS)
    }

    /// Returns a document that was fetched under this policy at `now`.
    pub fn keep(&self, url: String, document: Value, now: Timestamp) -> CachedMetadata {
        let ttl = std::time::Duration::from_secs(self.cache_seconds().into());
        CachedMetadata { policy: self.id.clone(), url, document, cached_at: now, expires_at: now.after(ttl) }
    }

    /// Returns whether a kept document is still valid: it has not expired, and its address still matches.
    pub fn is_valid(&self, kept: &CachedMetadata, now: Timestamp) -> bool {
        kept.policy == self.id && now < kept.expires_at && self.matches(&kept.url)
    }
}

/// The members of a document that decide.
///
/// *Chosen*: no fact says what the service reads. These are the members of RFC 7591 that the draft of OAuth Client ID
/// Metadata Documents builds on. A document that asks for another way of proving itself than none is invalid, since
/// Lido has no key of such a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMetadata {
    redirect_uris: Vec<String>,
    scopes: Option<Scopes>,
}

impl ClientMetadata {
    /// Reads a document. Returns `None` if it is invalid: it has no redirect URLs, or one that an app client may not
    /// have; or the client would prove itself, or use no code.
    pub fn read(document: &Value) -> Option<Self> {
        let texts = |name: &str| -> Option<Vec<String>> {
            document.get(name)?.as_array()?.iter().map(|text| Some(text.as_str()?.to_owned())).collect()
        };
        let redirect_uris = texts("redirect_uris").filter(|urls| !urls.is_empty())?;
        redirect_uris.iter().try_for_each(|url| check_url(url)).ok()?;
        let method = document.get("token_endpoint_auth_method");
        let uses_code = document.get("grant_types").is_none()
            || texts("grant_types")
                .is_some_and(|types| types.iter().any(|name| name == "authorization_code"));
        if method.is_some_and(|method| method != "none") || !uses_code {
            return None;
        }
        let scopes = document.get("scope").map(|scope| scope.as_str().map(Scopes::parse));
        let scopes = match scopes {
            Some(read) => Some(read?),
            None => None,
        };
        Some(Self { redirect_uris, scopes })
    }
}

/// Returns the app client that a client is which names itself by an address: it has the settings of the app client of
/// the policy, and its own redirect URLs. `metadata` is `None` where tokens are presented that it has already.
///
/// *Chosen*: its id is the address, in tokens too, as the draft says. It is public, so that it must use a code with a
/// challenge. It has those of its scopes that the app client has, or all of them if it names none; and no redirect
/// URL for signing out.
pub fn to_client(app: &Client, url: &str, metadata: Option<&ClientMetadata>) -> Client {
    let scopes = app.oauth.scopes.iter().filter(|name| {
        let named = metadata.and_then(|metadata| metadata.scopes.as_ref());
        named.is_none_or(|named| named.contains(name))
    });
    let oauth = OAuth {
        flows: app.oauth.flows.iter().copied().filter(|flow| *flow == OAuthFlow::Code).collect(),
        scopes: scopes.cloned().collect(),
        callback_urls: metadata.map(|metadata| metadata.redirect_uris.clone()).unwrap_or_default(),
        logout_urls: Vec::new(),
        default_redirect_uri: None,
        needs_challenge: true,
        ..app.oauth.clone()
    };
    Client { id: ClientId::new(url), secrets: Vec::new(), oauth, ..app.clone() }
}

/// Returns whether a client id is an address, which no id of an app client is.
pub fn is_address(id: &ClientId) -> bool {
    id.as_str().starts_with(SCHEME)
}

/// Returns the host and the path of an address or a pattern. A host without a path has the path `/`, as RFC 9110 says.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix(SCHEME)?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(at)?;
    Some((host, if path.is_empty() { "/" } else { path }))
}

fn has_dot_segment(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Returns whether `text` matches `pattern`, in which each `*` stands for any characters. Its work is at most the
/// product of the two lengths.
fn is_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    // Each part is found as early as possible, which leaves the most for those after it.
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
#[path = "cimd_tests.rs"]
mod tests;
