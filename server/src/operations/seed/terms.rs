//! Terms documents in seed files: the members of CreateTerms. The app client is named by its id, and has one of each
//! name.

use std::collections::BTreeMap;

use async_trait::async_trait;
use lido_cognito_idp::{Operation, operations::CreateTermsInput};
use lido_domain::{
    Verdict,
    branding::terms::{Terms, TermsName},
    flow::branding::terms::{self, TermsUpdate},
    id::{ClientId, PoolId, TermsId},
};
use lido_runtime::Form;
use serde_json::Value;

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, SeedOutcome, read};
use crate::{
    app::App,
    operations::{
        Origin, RequestContext,
        terms::{cursor, read_cursor, stored_terms},
    },
    store::Kind,
    wire,
};

const CLIENT: &str = "ClientId";
const NAME: &str = "TermsName";
const SOURCE: &str = "TermsSource";
const ENFORCEMENT: &str = "Enforcement";
const LINKS: &str = "Links";

/// The terms documents of a pool.
#[derive(Debug)]
pub(super) struct TermsDocuments;

/// A terms document as an entry describes it.
struct Described {
    client: ClientId,
    name: TermsName,
    links: BTreeMap<String, String>,
}

fn read(entry: &Entry) -> Result<Described, EntryFailure> {
    let input: CreateTermsInput = read::input(read::with_any_pool(entry.clone()))?;
    Ok(Described {
        client: ClientId::new(input.client_id.into_inner()),
        name: wire::terms::read_name(&input.terms_name)?,
        links: input.links.map(wire::terms::read_links).unwrap_or_default(),
    })
}

#[async_trait]
impl Noun for TermsDocuments {
    fn operation(&self) -> Operation {
        Operation::CreateTerms
    }

    fn list_key(&self) -> &'static str {
        "Terms"
    }

    fn name_key(&self) -> &'static str {
        NAME
    }

    fn is_named_uniquely(&self) -> bool {
        false
    }

    fn keys(&self) -> Vec<EntryKey> {
        [CLIENT, NAME, SOURCE, ENFORCEMENT, LINKS].map(|key| (key, Form::Json)).into()
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let Described { client, name, links } = read(entry)?;
        let id = TermsId::new(app.entropy.uuid()?);
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (record, branding, count) = tx.get_branding_and_count(pool, &client, Kind::Terms).await?;
                let Some(former) = branding.terms.iter().find(|terms| terms.name == name) else {
                    let stored = stored_terms(&record, &branding, count);
                    let created = terms::create(stored, &client, id.clone(), name, links.clone(), tx.now());
                    return Ok(created.map(|_| SeedOutcome::Created));
                };
                if links.is_empty() || links == former.links {
                    return Ok(Verdict::accept(SeedOutcome::Unchanged));
                }
                let update = TermsUpdate { name: None, links: Some(links.clone()) };
                let updated = terms::update(&former.id, &branding.terms, update, tx.now());
                Ok(updated.map(|_| SeedOutcome::Changed))
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
        let after = after.map(read_cursor).transpose()?;
        let after = after.as_ref().map(|(client, name)| (client, *name));
        let found = app.store.begin().list_terms(pool, after, PAGE).await;
        let found = found?;
        Ok(found.iter().map(|terms| (cursor(terms), describe(terms))).collect())
    }
}

fn describe(terms: &Terms) -> Entry {
    let mut entry = read::member(CLIENT, terms.client.as_str());
    entry.insert(NAME.to_owned(), terms.name.as_str().into());
    entry.insert(SOURCE.to_owned(), "LINK".into());
    entry.insert(ENFORCEMENT.to_owned(), "NONE".into());
    let links = terms.links.iter().map(|(language, url)| (language.clone(), Value::from(url.as_str())));
    entry.insert(LINKS.to_owned(), Value::Object(links.collect()));
    entry
}
