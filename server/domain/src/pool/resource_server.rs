//! Resource servers: APIs that access tokens are for, with their custom scopes.
//!
//! A scope is called `<identifier>/<scope name>` in tokens, in requests and in the settings of app clients
//! (*Documented*, oau-0146). The rules of the operations on resource servers are in [`crate::flow::resource_servers`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::ResourceServerId;

/// The maximum number of resource servers of a pool (*Documented*, oau-0145).
pub const MAX_RESOURCE_SERVERS: usize = 25;

/// A resource server of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceServer {
    /// The identifier, unique within the pool. It cannot change.
    pub id: ResourceServerId,
    /// The name, for people.
    pub name: String,
    /// The scopes, in the order in which they were sent; `None` if the request had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
}

/// A custom scope of a resource server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The name, without the identifier of the resource server. It contains no slash.
    pub name: String,
    /// The description.
    pub description: String,
}

impl ResourceServer {
    /// Returns the scopes as tokens and app clients contain them.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::{id::ResourceServerId, pool::resource_server::{ResourceServer, Scope}};
    ///
    /// let read = Scope { name: "read".to_owned(), description: "Read photos".to_owned() };
    /// let id = ResourceServerId::new("https://photos.example.com");
    /// let server = ResourceServer { id, name: "Photos".to_owned(), scopes: Some(vec![read]) };
    /// assert!(server.scope_identifiers().eq(["https://photos.example.com/read"]));
    /// ```
    pub fn scope_identifiers(&self) -> impl Iterator<Item = String> {
        self.scopes.iter().flatten().map(|scope| format!("{}/{}", self.id, scope.name))
    }
}

/// Returns the identifiers of the resource servers whose scopes are among `scopes`, each once.
///
/// An identifier may contain slashes, the name of a scope cannot: so the last slash separates them. A standard scope
/// contains none.
pub fn servers_of<'a>(scopes: impl IntoIterator<Item = &'a str>) -> BTreeSet<ResourceServerId> {
    let split = scopes.into_iter().filter_map(|scope| scope.rsplit_once('/'));
    split.map(|(id, _)| ResourceServerId::new(id)).collect()
}

/// Returns the scopes of these resource servers.
pub fn scopes_of<'a>(servers: impl IntoIterator<Item = &'a ResourceServer>) -> BTreeSet<String> {
    servers.into_iter().flat_map(ResourceServer::scope_identifiers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, scopes: &[&str]) -> ResourceServer {
        let scopes = scopes.iter().map(|name| Scope { name: (*name).into(), description: "d".into() });
        ResourceServer { id: ResourceServerId::new(id), name: "n".into(), scopes: Some(scopes.collect()) }
    }

    /// oau-0146.
    #[test]
    fn scope_is_the_identifier_and_its_name() {
        let (one, url) = (server("one", &["read", "write"]), server("https://example.com/api", &["read"]));
        let scopes = scopes_of([&one, &url]);
        assert!(scopes.iter().eq(["https://example.com/api/read", "one/read", "one/write"]));
        let ids = servers_of(scopes.iter().map(String::as_str).chain(["openid", "two/x"]));
        assert!(ids.iter().map(ResourceServerId::as_str).eq(["https://example.com/api", "one", "two"]));
    }
}
