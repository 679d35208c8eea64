//! Resource servers in seed files: the members of CreateResourceServer. They are put before the app clients, whose scopes must
//! exist.

use async_trait::async_trait;
use lido_cognito_idp::{Operation, operations::CreateResourceServerInput, types};
use lido_domain::{
    Verdict,
    flow::resource_servers,
    id::{PoolId, ResourceServerId},
    pool::resource_server::{ResourceServer, Scope},
};
use lido_runtime::{Form, Shape as _};
use serde_json::{Value, json};

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Origin, RequestContext},
    wire,
};

const IDENTIFIER: &str = "Identifier";
const NAME: &str = "Name";
const SCOPES: &str = "Scopes";

/// The resource servers of a pool.
#[derive(Debug)]
pub(super) struct ResourceServers;

fn read(entry: &Entry) -> Result<ResourceServer, EntryFailure> {
    let input: CreateResourceServerInput = read::input(read::with_any_pool(entry.clone()))?;
    Ok(wire::resource_server::read(input.identifier, input.name, input.scopes))
}

#[async_trait]
impl Noun for ResourceServers {
    fn operation(&self) -> Operation {
        Operation::CreateResourceServer
    }

    fn list_key(&self) -> &'static str {
        "ResourceServers"
    }

    fn name_key(&self) -> &'static str {
        IDENTIFIER
    }

    fn keys(&self) -> Vec<EntryKey> {
        vec![
            (IDENTIFIER, Form::Json),
            (NAME, Form::Json),
            (SCOPES, Form::List(types::ResourceServerScopeType::form)),
        ]
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let described = read(entry)?;
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (record, former, count) = tx.get_pool_and_resource_servers(pool, &described.id).await?;
                let Some(former) = former else {
                    let created = resource_servers::create(&record, None, count, described.clone());
                    return Ok(created.map(|_| SeedOutcome::Created));
                };
                let scopes = described.scopes.clone().or_else(|| former.scopes.clone());
                let changed = ResourceServer { scopes, ..described.clone() };
                if changed == former {
                    return Ok(Verdict::accept(SeedOutcome::Unchanged));
                }
                Ok(resource_servers::update(Some(&former), changed).map(|_| SeedOutcome::Changed))
            })
            .await
            .map_err(EntryFailure::from)
    }

    async fn list(
        &self,
        app: &App,
        pool: &PoolId,
        after: Option<&str>,
    ) -> Result<Vec<(String, Entry)>, EntryFailure> {
        let after = after.map(ResourceServerId::new);
        let servers = app.store.begin().list_resource_servers(pool, after.as_ref(), PAGE).await;
        let servers = servers?;
        Ok(servers.into_iter().map(|server| (server.id.to_string(), describe(&server))).collect())
    }
}

fn describe(server: &ResourceServer) -> Entry {
    let mut entry = read::member(IDENTIFIER, server.id.as_str());
    entry.insert(NAME.to_owned(), server.name.as_str().into());
    let scopes = |scopes: &Vec<Scope>| {
        let scopes = scopes.iter();
        scopes
            .map(|scope| json!({"ScopeName": scope.name, "ScopeDescription": scope.description}))
            .collect::<Vec<_>>()
    };
    entry.extend(server.scopes.as_ref().map(|given| (SCOPES.to_owned(), scopes(given).into())));
    entry
}
