//! User pools in seed files: the members of CreateUserPool and of SetUserPoolMfaConfig, and `Id`.

use std::collections::BTreeMap;

use lido_cognito_idp::{
    Operation,
    operations::{CreateUserPoolInput, SetUserPoolMfaConfigInput},
    types,
};
use lido_domain::{
    attribute::schema::{AttributeSpec, Schema},
    id::PoolId,
    pool::{
        domain::Domains,
        settings::{self, UPDATE_USER_POOL, create_user_pool, set_user_pool_mfa_config, update_user_pool},
        tag,
    },
    settings::Omitted,
};
use lido_runtime::{Form, Shape as _};
use serde_json::{Map, Value};

use super::{Entry, EntryKey, PAGE, Rejection, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, user_pools},
    store::PoolRecord,
    wire,
};

/// The key of the fixed id.
const ID: &str = "Id";
const NAME: &str = "PoolName";
const SCHEMA: &str = "Schema";
const TAGS: &str = "UserPoolTags";
const MFA_MODE: &str = "MfaConfiguration";

/// The members of SetUserPoolMfaConfig that CreateUserPool does not have.
const MFA: [&str; 4] =
    [settings::SMS_MFA, settings::SOFTWARE_TOKEN_MFA, settings::EMAIL_MFA, settings::WEB_AUTHN];

/// A pool as an entry describes it.
#[derive(Clone, Debug)]
pub(crate) struct DescribedPool {
    id: Option<PoolId>,
    name: String,
    settings: Map<String, Value>,
    mfa: Map<String, Value>,
    schema: Option<Vec<(String, AttributeSpec)>>,
    tags: Option<BTreeMap<String, String>>,
    /// The members that were understood.
    pub(crate) understood: Value,
}

/// Returns the keys of a pool, without the lists of its nouns.
pub(crate) fn pool_keys() -> Vec<EntryKey> {
    let mut keys = vec![(ID, Form::Json), (NAME, Form::Json), (TAGS, Form::Map(String::form))];
    keys.push((SCHEMA, Form::List(types::SchemaAttributeType::form)));
    keys.extend(wire::pool::setting_forms());
    keys.extend([
        (settings::SMS_MFA, types::SmsMfaConfigType::form()),
        (settings::SOFTWARE_TOKEN_MFA, types::SoftwareTokenMfaConfigType::form()),
        (settings::EMAIL_MFA, types::EmailMfaConfigType::form()),
        (settings::WEB_AUTHN, types::WebAuthnConfigurationType::form()),
    ]);
    keys
}

/// Reads an entry, without the lists of its nouns.
///
/// # Errors
/// A member has the wrong type or violates a constraint.
pub(crate) fn read_pool(entry: &Entry) -> Result<DescribedPool, Rejection> {
    let id = read::text(entry, ID)?.map(|id| read::pool_id(ID, id)).transpose()?;
    let (mfa, others): (Entry, Entry) =
        read::without(entry, &[ID]).into_iter().partition(|(key, _)| MFA.contains(&key.as_str()));
    let mut input: CreateUserPoolInput = read::input(others)?;
    let failed = |failure: Failure| Rejection::of(failure, Operation::CreateUserPool);
    let mfa: SetUserPoolMfaConfigInput = read::input(read::with_any_pool(mfa))?;
    let mfa = wire::mfa::config_members(&mfa).map_err(Failure::from).map_err(failed)?;
    let schema = input.schema.as_ref().map(|list| wire::schema::read_attributes(list)).transpose();
    let schema = schema.map_err(Failure::from).map_err(failed)?;
    let settings = wire::pool::to_settings(&input).map_err(Failure::from).map_err(failed)?;
    let mut understood = settings.clone();
    understood.extend(mfa.clone());
    for key in [ID, NAME, SCHEMA, TAGS] {
        understood.extend(entry.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    Ok(DescribedPool {
        id,
        tags: input.user_pool_tags.take().map(|tags| wire::tags::from_tag_map(Some(tags))),
        name: input.pool_name.into_inner(),
        settings,
        mfa,
        schema,
        understood: Value::Object(understood),
    })
}

/// Creates the pool, or changes it where it differs.
///
/// # Errors
/// What is wrong; then nothing has changed.
pub(crate) async fn put_pool(
    app: &App,
    described: &DescribedPool,
) -> Result<(PoolId, SeedOutcome), Rejection> {
    let found = match &described.id {
        Some(id) => Some(id.clone()),
        None => find_by_name(app, &described.name).await?,
    };
    let generated = match found {
        Some(id) => Ok(id),
        None => app.entropy.bytes().map(|random| PoolId::generate(&app.settings.region, &random)),
    };
    let id = generated.map_err(|error| Rejection::of(error.into(), Operation::CreateUserPool))?;
    let origin = Origin::default();
    let request = RequestContext::new(app, &origin);
    let put = request.transact(async |tx| {
        let former = tx.find_pool(&id).await?;
        let now = tx.now();
        let record = match &former {
            None => {
                tx.enter_new_pool(&id)?;
                create(&id, described)?
            }
            Some(former) => match change(former, described)? {
                Ok(record) if record == **former => {
                    return Ok(lido_domain::Verdict::accept(Ok(SeedOutcome::Unchanged)));
                }
                Ok(record) => record,
                Err(rejection) => return Ok(lido_domain::Verdict::accept(Err(rejection))),
            },
        };
        let outcome = if former.is_some() { SeedOutcome::Changed } else { SeedOutcome::Created };
        let created_at = former.as_ref().map_or(now, |former| former.created_at);
        let record = PoolRecord { created_at, modified_at: now, ..record };
        // Converted before it is stored, so that no record is stored that the API cannot show.
        wire::pool::to_user_pool_type(&record, &app.settings.user_pool_arn(&id), 0)?;
        Ok(record.put().map(|_| Ok(outcome)))
    });
    let outcome = put.await.map_err(|failure| Rejection::of(failure, Operation::CreateUserPool))??;
    if outcome == SeedOutcome::Created {
        app.tokens.prepare(id.clone());
    }
    Ok((id, outcome))
}

/// Returns the id of the pool with this name, or `None` if there is none.
async fn find_by_name(app: &App, name: &str) -> Result<Option<PoolId>, Rejection> {
    let mut found: Option<PoolId> = None;
    for pool in all_pools(app).await? {
        if pool.name == name
            && let Some(other) = found.replace(pool.pool.id.clone())
        {
            return Err(Rejection::at(
                NAME,
                format!(
                    "the pools {other} and {} have this name; add Id with the id of one of them",
                    pool.pool.id
                ),
            ));
        }
    }
    Ok(found)
}

/// Returns all pools, in the order of their ids.
async fn all_pools(app: &App) -> Result<Vec<std::sync::Arc<PoolRecord>>, Rejection> {
    let mut all: Vec<std::sync::Arc<PoolRecord>> = Vec::new();
    loop {
        let page = app.store.list_pools(all.last().map(|last| &last.pool.id), PAGE).await;
        let page = page.map_err(|error| Rejection::of(error.into(), Operation::ListUserPools))?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn create(id: &PoolId, described: &DescribedPool) -> Result<PoolRecord, Failure> {
    let schema = Schema::default().extended(described.schema.clone().unwrap_or_default())?;
    let (request, mfa) = split_mfa(described);
    let mut changed = create_user_pool(request);
    let mut pool = user_pools::derive(id.clone(), schema.clone(), &changed)?;
    if let Some(mfa) = mfa {
        changed = set_user_pool_mfa_config(&changed.settings, mfa);
        pool = user_pools::derive(id.clone(), schema, &changed)?;
    }
    let tags = described.tags.clone().unwrap_or_default();
    tag::check_tags(&tags)?;
    let now = lido_domain::Timestamp::from_millis(0);
    Ok(PoolRecord {
        pool,
        settings: changed.settings,
        name: described.name.clone(),
        tags,
        domains: Domains::default(),
        created_at: now,
        modified_at: now,
    })
}

/// Returns the members for the operation that creates or updates the pool, and those for SetUserPoolMfaConfig if the
/// entry has some. Then the mode is set together with the factors that it requires.
fn split_mfa(described: &DescribedPool) -> (Map<String, Value>, Option<Map<String, Value>>) {
    let mut request = described.settings.clone();
    if described.mfa.is_empty() {
        return (request, None);
    }
    let mut mfa = described.mfa.clone();
    mfa.extend(request.remove(MFA_MODE).map(|mode| (MFA_MODE.to_owned(), mode)));
    (request, Some(mfa))
}

/// Returns the record as described: equal to `former` if nothing differs.
fn change(former: &PoolRecord, described: &DescribedPool) -> Result<Result<PoolRecord, Rejection>, Failure> {
    let (mut request, mfa) = split_mfa(described);
    for (name, _) in UPDATE_USER_POOL.iter().filter(|(_, omitted)| *omitted == Omitted::NotUpdatable) {
        if let Some(value) = request.remove(*name)
            && former.settings.get(name) != Some(&value)
        {
            return Ok(Err(fixed(name, &former.pool.id)));
        }
    }
    // A member that the entry leaves out stays, also where the operation would reset it.
    for (name, _) in UPDATE_USER_POOL.iter().filter(|(_, omitted)| *omitted != Omitted::NotUpdatable) {
        let resets = UPDATE_USER_POOL.iter().any(|(other, omitted)| {
            other == name && matches!(omitted, Omitted::Resets | Omitted::JudgedAsAbsent)
        });
        if let Some(value) = former.settings.get(name).filter(|_| resets && !request.contains_key(*name)) {
            request.insert((*name).to_owned(), value.clone());
        }
    }
    let schema = match &described.schema {
        None => former.pool.schema.clone(),
        Some(attributes) => match with_new_attributes(&former.pool.schema, attributes)? {
            Some(schema) => schema,
            None => return Ok(Err(fixed(SCHEMA, &former.pool.id))),
        },
    };
    let id = &former.pool.id;
    let mut record = PoolRecord { name: described.name.clone(), ..former.clone() };
    record.pool.schema = schema.clone();
    if let Some(tags) = &described.tags {
        tag::check_tags(tags)?;
        record.tags = tags.clone();
    }
    let changed = update_user_pool(&record.settings, request);
    if changed.settings != record.settings {
        record.pool = user_pools::derive(id.clone(), schema.clone(), &changed)?;
        record.settings = changed.settings;
    }
    if let Some(mfa) = mfa {
        let kept = MFA
            .iter()
            .chain(&[MFA_MODE])
            .filter_map(|name| record.settings.get(name).map(|value| ((*name).to_owned(), value.clone())));
        let mut all: Map<String, Value> = kept.collect();
        all.extend(mfa);
        let changed = set_user_pool_mfa_config(&record.settings, all);
        if changed.settings != record.settings {
            record.pool = user_pools::derive(id.clone(), schema, &changed)?;
            record.settings = changed.settings;
        }
    }
    record.check_plan_of_domains()?;
    Ok(Ok(record))
}

fn fixed(name: &str, id: &PoolId) -> Rejection {
    Rejection::at(
        name,
        format!(
            "{name} of {id} cannot be changed after the pool was created; write it as it is, or delete the pool"
        ),
    )
}

/// Returns the schema with the attributes that it does not have, or `None` if it has one of them with other properties.
fn with_new_attributes(
    schema: &Schema,
    attributes: &[(String, AttributeSpec)],
) -> Result<Option<Schema>, Failure> {
    let mut new = Vec::new();
    for (name, spec) in attributes {
        let prefix = if spec.developer_only { "dev:custom:" } else { "custom:" };
        let full_name = if Schema::is_configurable(name) { name.clone() } else { format!("{prefix}{name}") };
        match schema.get(&full_name) {
            Some(present) if present == spec => {}
            Some(_) => return Ok(None),
            None => new.push((name.clone(), spec.clone())),
        }
    }
    Ok(Some(schema.with_custom_attributes(new)?))
}

/// Returns entries that describe all pools, without the lists of their nouns, in the order of their ids.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn list_pools(app: &App) -> Result<Vec<(PoolId, Entry)>, Rejection> {
    let described =
        all_pools(app).await?.into_iter().map(|record| Ok((record.pool.id.clone(), describe(&record)?)));
    described
        .collect::<Result<_, Failure>>()
        .map_err(|failure| Rejection::of(failure, Operation::DescribeUserPool))
}

fn describe(record: &PoolRecord) -> Result<Entry, Failure> {
    let mut entry = read::member(ID, record.pool.id.as_str());
    entry.insert(NAME.to_owned(), record.name.as_str().into());
    entry.extend(record.settings.as_object().cloned().unwrap_or_default());
    let schema = wire::schema::to_created_attributes(&record.pool.schema)?;
    if !schema.is_empty() {
        entry.insert(SCHEMA.to_owned(), Value::Array(schema));
    }
    if !record.tags.is_empty() {
        let tags = record.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into()));
        entry.insert(TAGS.to_owned(), Value::Object(tags.collect()));
    }
    Ok(entry)
}
