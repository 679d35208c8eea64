//! The operations on resource servers: the order of the checks, and what is stored.
//!
//! Resource servers themselves are in [`crate::pool::resource_server`].

use std::collections::BTreeSet;

use crate::{
    id::ResourceServerId,
    pool::resource_server::{MAX_RESOURCE_SERVERS, ResourceServer},
    record::PoolRecord,
    refusal::Refusal,
    verdict::{Change, Verdict},
};

/// Creates a resource server in a pool that has `count` of them. `existing` is the present one with this identifier.
///
/// The pool is stored too, unchanged. So a creation at the same time causes a conflict, which guarantees the limit.
pub fn create(
    pool: &PoolRecord,
    existing: Option<&ResourceServer>,
    count: usize,
    server: ResourceServer,
) -> Verdict<ResourceServer> {
    if existing.is_some() {
        return Verdict::refuse(Refusal::ResourceServerExists(server.id));
    }
    if count >= MAX_RESOURCE_SERVERS {
        return Verdict::refuse(Refusal::TooManyResourceServers);
    }
    let mut verdict = put(server);
    if verdict.answer.is_ok() {
        verdict.remember.extend(pool.clone().put().remember);
    }
    verdict
}

/// Replaces the name and the scopes of a resource server. Scopes that the request leaves out are removed (*Documented*: a
/// value that is not provided is set to the default).
pub fn update(existing: Option<&ResourceServer>, server: ResourceServer) -> Verdict<ResourceServer> {
    if existing.is_none() {
        return Verdict::refuse(Refusal::UnknownResourceServer(server.id));
    }
    put(server)
}

/// Deletes a resource server. No token is issued with its scopes any more (*Documented*), though app clients keep the
/// scopes in their settings (*Observed* in a public report: nothing else breaks).
pub fn delete(existing: Option<&ResourceServer>, id: &ResourceServerId) -> Verdict<()> {
    match existing {
        Some(_) => Verdict { remember: vec![Change::RemoveResourceServer(id.clone())], answer: Ok(()) },
        None => Verdict::refuse(Refusal::UnknownResourceServer(id.clone())),
    }
}

/// Stores a resource server, unless it has two scopes with one name.
///
/// *Chosen*: the live service's answer to it is not known.
fn put(server: ResourceServer) -> Verdict<ResourceServer> {
    let mut names = BTreeSet::new();
    if let Some(scope) = server.scopes.iter().flatten().find(|scope| !names.insert(scope.name.as_str())) {
        return Verdict::refuse(Refusal::ScopeTwice(scope.name.clone()));
    }
    Verdict { remember: vec![Change::PutResourceServer(Box::new(server.clone()))], answer: Ok(server) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::resource_server::Scope};

    fn server(id: &str, scopes: &[&str]) -> ResourceServer {
        let scopes = scopes.iter().map(|name| Scope { name: (*name).into(), description: "d".into() });
        ResourceServer { id: ResourceServerId::new(id), name: "n".into(), scopes: Some(scopes.collect()) }
    }

    /// oau-0145.
    #[test]
    fn resource_server_is_created_once_and_within_the_limit() {
        let one = server("one", &["read"]);
        let id = one.id.clone();
        let give = |existing, count, server| create(&fixture::pool_record(), existing, count, server);
        let created = give(None, 24, one.clone());
        assert!(matches!(created.remember[..], [Change::PutResourceServer(_), Change::PutPool(_)]));
        assert_eq!(created.answer, Ok(one.clone()));
        assert_eq!(give(None, 25, one.clone()).answer, Err(Refusal::TooManyResourceServers));
        assert_eq!(give(Some(&one), 25, one.clone()).answer, Err(Refusal::ResourceServerExists(id)));
        let twice = give(None, 0, server("one", &["read", "write", "read"]));
        assert!(twice.remember.is_empty());
        assert_eq!(twice.answer, Err(Refusal::ScopeTwice("read".into())));
        let twice = server("one", &["read", "write", "read"]);
        assert_eq!(update(Some(&one), twice).answer, Err(Refusal::ScopeTwice("read".into())));
    }

    #[test]
    fn unknown_resource_server_is_neither_updated_nor_deleted() {
        let one = server("one", &["read"]);
        let unknown = || Refusal::UnknownResourceServer(one.id.clone());
        assert_eq!(update(None, one.clone()).answer, Err(unknown()));
        assert_eq!(delete(None, &one.id).answer, Err(unknown()));
        let other = ResourceServer { scopes: None, ..one.clone() };
        assert_eq!(update(Some(&one), other.clone()).answer, Ok(other));
        assert!(matches!(delete(Some(&one), &one.id).remember[..], [Change::RemoveResourceServer(_)]));
    }
}
