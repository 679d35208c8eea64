//! App clients in seed files: the members of CreateUserPoolClient, and `ClientId`.
//!
//! A fixed secret replaces those that the app client has, unless it is one of them.

use async_trait::async_trait;
use lido_cognito_idp::{
    Operation,
    operations::{CreateUserPoolClientInput, DescribeUserPoolClientInput},
};
use lido_domain::{
    Verdict,
    client::{
        Client, ClientSecret, generate_secret,
        settings::{keep_applicable, update_user_pool_client},
    },
    id::{ClientId, PoolId},
    secret::Secret,
};
use lido_runtime::Form;
use serde_json::{Map, Value};

use super::{CLIENTS, Entry, EntryFailure, EntryKey, Noun, PAGE, Rejection, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, app_clients},
    store::ClientRecord,
    wire,
};

const ID: &str = "ClientId";
const NAME: &str = "ClientName";
const SECRET: &str = "ClientSecret";
const GENERATE: &str = "GenerateSecret";

/// The app clients of a pool.
#[derive(Debug)]
pub(super) struct AppClients;

/// An app client as an entry describes it.
struct Described {
    id: Option<ClientId>,
    name: String,
    secret: Option<Secret>,
    generates_secret: bool,
    settings: Map<String, Value>,
}

fn read(entry: &Entry) -> Result<Described, EntryFailure> {
    let id = read::text(entry, ID)?;
    if let Some(id) = id {
        read::input::<DescribeUserPoolClientInput>(read::with_any_pool(read::member(ID, id)))
            .map_err(|rejection| Rejection { path: vec![ID.to_owned()], ..rejection })?;
    }
    let input: CreateUserPoolClientInput = read::input(read::with_any_pool(read::without(entry, &[ID])))?;
    let generates_secret = input.generate_secret == Some(true);
    lido_domain::client::check_secret_source(input.client_secret.is_some(), generates_secret)?;
    let settings = wire::client::to_settings(&input)?;
    Ok(Described {
        id: id.map(ClientId::new),
        secret: input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str())),
        name: input.client_name.to_string(),
        generates_secret,
        settings,
    })
}

#[async_trait]
impl Noun for AppClients {
    fn operation(&self) -> Operation {
        Operation::CreateUserPoolClient
    }

    fn list_key(&self) -> &'static str {
        CLIENTS
    }

    fn name_key(&self) -> &'static str {
        NAME
    }

    fn id_key(&self) -> Option<&'static str> {
        Some(ID)
    }

    fn is_named_uniquely(&self) -> bool {
        false
    }

    fn keys(&self) -> Vec<EntryKey> {
        let own = [ID, NAME, SECRET, GENERATE].map(|key| (key, Form::Json));
        own.into_iter().chain(wire::client::setting_forms()).collect()
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        let mut understood = read(entry)?.settings;
        for key in [ID, NAME, SECRET, GENERATE] {
            understood.extend(entry.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        Ok(Some(Value::Object(understood)))
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let described = read(entry)?;
        let found = match &described.id {
            Some(id) => Some(id.clone()),
            None => find_by_name(app, pool, &described.name).await?,
        };
        let id = match found {
            Some(id) => id,
            None => ClientId::generate(&app.entropy.bytes()?),
        };
        let holder = app.store.begin().find_client(&id).await?;
        if let Some(holder) = holder.filter(|holder| holder.pool.pool.id != *pool) {
            let other = &holder.pool.pool.id;
            let reason =
                format!("the user pool {other} has an app client with the id {id}; write another {ID}");
            return Err(Rejection::at(ID, reason).into());
        }
        let generated = generate_secret(&app.entropy.bytes()?);
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (record, former, _) = tx.find_pool_and_client(pool, &id).await?;
                let record = record.ok_or_else(|| lido_domain::Refusal::UnknownPool(pool.clone()))?;
                if former.is_none() {
                    tx.expect_new_client(&id);
                }
                let now = tx.now();
                let present = former.as_ref().map(|former| former.client.secrets.clone()).unwrap_or_default();
                let secrets = secrets(app, pool, &id, present, &described, &generated, now)?;
                let settings = settings(former.as_deref(), &described, !secrets.is_empty());
                let new = match &former {
                    None => ClientRecord {
                        client: app_clients::derive(&tx, id.clone(), secrets, &record.pool, &settings)
                            .await?,
                        settings,
                        name: described.name.clone(),
                        is_former: false,
                        created_at: now,
                        modified_at: now,
                    },
                    Some(former)
                        if former.settings == settings
                            && former.name == described.name
                            && former.client.secrets == secrets =>
                    {
                        return Ok(Verdict::accept(SeedOutcome::Unchanged));
                    }
                    Some(former) => ClientRecord {
                        client: app_clients::derive(&tx, id.clone(), secrets, &record.pool, &settings)
                            .await?,
                        settings,
                        name: described.name.clone(),
                        is_former: false,
                        created_at: former.created_at,
                        modified_at: now,
                    },
                };
                // Converted before it is stored, so that no record is stored that the API cannot show.
                wire::client::to_user_pool_client_type(&app.settings, pool, &new, None)?;
                let outcome = if former.is_some() { SeedOutcome::Changed } else { SeedOutcome::Created };
                Ok(new.put().map(|_| outcome))
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
        let after = after.map(ClientId::new);
        let tx = app.store.begin();
        let clients = tx.list_clients(pool, after.as_ref(), PAGE).await?;
        let described = clients
            .iter()
            .map(|record| Ok((record.client.id.as_str().to_owned(), describe(app, pool, record)?)));
        described.collect::<Result<_, Failure>>().map_err(EntryFailure::from)
    }
}

/// Returns the id of the app client with this name, or `None` if there is none.
async fn find_by_name(app: &App, pool: &PoolId, name: &str) -> Result<Option<ClientId>, EntryFailure> {
    let (tx, mut found, mut after) = (app.store.begin(), None, None);
    loop {
        let page = tx.list_clients(pool, after.as_ref(), PAGE).await?;
        after = page.last().map(|last| last.client.id.clone());
        for client in page.iter().filter(|client| client.name == name) {
            if let Some(other) = found.replace(client.client.id.clone()) {
                let id = &client.client.id;
                let reason = format!(
                    "the app clients {other} and {id} have this name; add {ID} with the id of one of them"
                );
                return Err(Rejection::at(NAME, reason).into());
            }
        }
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Returns the secrets as described: those that the app client has, if the described one is among them.
fn secrets(
    app: &App,
    pool: &PoolId,
    id: &ClientId,
    present: Vec<ClientSecret>,
    described: &Described,
    generated: &Secret,
    now: lido_domain::Timestamp,
) -> Result<Vec<ClientSecret>, Failure> {
    let wanted = match &described.secret {
        Some(secret) => secret,
        None if described.generates_secret && present.is_empty() => generated,
        None => return Ok(present),
    };
    for secret in &present {
        if app.keys.open_client_secret(pool, id, &secret.sealed)?.expose() == wanted.expose() {
            return Ok(present);
        }
    }
    let sealed = app.keys.seal_client_secret(pool, id, wanted)?;
    let secret_id = Client::new(id.clone()).new_secret_id(now);
    Ok(vec![ClientSecret { id: secret_id, sealed, created_at: now }])
}

/// Returns the settings as described. A member that the entry leaves out stays, also where the operation would reset it.
fn settings(former: Option<&ClientRecord>, described: &Described, has_secret: bool) -> Value {
    let settings = match former {
        None => Value::Object(described.settings.clone()),
        Some(former) => {
            let mut request = former.settings.as_object().cloned().unwrap_or_default();
            request.extend(described.settings.clone());
            update_user_pool_client(&former.settings, &request)
        }
    };
    keep_applicable(settings, has_secret)
}

fn describe(app: &App, pool: &PoolId, record: &ClientRecord) -> Result<Entry, Failure> {
    let mut entry = read::member(ID, record.client.id.as_str());
    entry.insert(NAME.to_owned(), record.name.as_str().into());
    let secrets = app.keys.open_client_secrets(pool, &record.client)?;
    if let Some(secret) = secrets.first().and_then(Secret::expose_str) {
        entry.insert(SECRET.to_owned(), secret.into());
    }
    entry.extend(record.settings.as_object().cloned().unwrap_or_default());
    Ok(entry)
}
