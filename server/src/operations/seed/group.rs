//! Groups in seed files: the members of CreateGroup.

use async_trait::async_trait;
use lido_cognito_idp::{Operation, operations::CreateGroupInput};
use lido_domain::{
    Verdict,
    id::{GroupId, GroupName, PoolId},
    user::group::{self, Group, GroupSettings},
};
use lido_runtime::Form;
use serde_json::Value;

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Origin, RequestContext},
    wire,
};

const NAME: &str = "GroupName";
const DESCRIPTION: &str = "Description";
const ROLE: &str = "RoleArn";
const PRECEDENCE: &str = "Precedence";

/// The groups of a pool.
#[derive(Debug)]
pub(super) struct Groups;

fn read(entry: &Entry) -> Result<(GroupName, GroupSettings), EntryFailure> {
    let input: CreateGroupInput = read::input(read::with_any_pool(entry.clone()))?;
    let settings = wire::group::read_settings(input.description, input.role_arn, input.precedence);
    Ok((GroupName::new(input.group_name.into_inner()), settings))
}

#[async_trait]
impl Noun for Groups {
    fn operation(&self) -> Operation {
        Operation::CreateGroup
    }

    fn list_key(&self) -> &'static str {
        "Groups"
    }

    fn name_key(&self) -> &'static str {
        NAME
    }

    fn keys(&self) -> Vec<EntryKey> {
        [NAME, DESCRIPTION, ROLE, PRECEDENCE].map(|key| (key, Form::Json)).into()
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let (name, settings) = read(entry)?;
        let id = GroupId::new(app.entropy.uuid()?);
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (existing, count) = tx.find_group_and_count(pool, &name).await?;
                let (now, settings) = (tx.now(), settings.clone());
                let Some(former) = existing else {
                    let created = group::create(None, count, id.clone(), name.clone(), settings, now);
                    return Ok(created.map(|_| SeedOutcome::Created));
                };
                let unchanged = GroupSettings {
                    description: settings.description.clone().or_else(|| former.description.clone()),
                    role_arn: settings.role_arn.clone().or_else(|| former.role_arn.clone()),
                    precedence: settings.precedence.or(former.precedence),
                } == settings_of(&former);
                if unchanged {
                    return Ok(Verdict::accept(SeedOutcome::Unchanged));
                }
                Ok(group::update(Some(&former), settings, now).map(|_| SeedOutcome::Changed))
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
        let after = after.map(GroupName::new);
        let groups = app.store.begin().list_groups(pool, after.as_ref(), PAGE).await;
        let groups = groups?;
        Ok(groups.into_iter().map(|group| (group.name.as_str().to_owned(), describe(&group))).collect())
    }
}

fn settings_of(group: &Group) -> GroupSettings {
    GroupSettings {
        description: group.description.clone(),
        role_arn: group.role_arn.clone(),
        precedence: group.precedence,
    }
}

fn describe(group: &Group) -> Entry {
    let mut entry = read::member(NAME, group.name.as_str());
    let texts = [(DESCRIPTION, &group.description), (ROLE, &group.role_arn)];
    entry.extend(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.as_deref()?.into()))));
    entry.extend(group.precedence.map(|precedence| (PRECEDENCE.to_owned(), precedence.into())));
    entry
}
