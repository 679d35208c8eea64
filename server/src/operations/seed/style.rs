//! Managed login styles in seed files: the members of CreateManagedLoginBranding. The app client is named by its id. The
//! settings may be a text of JSON, too, since TOML has no null.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_cognito_idp::{Operation, operations::CreateManagedLoginBrandingInput, types};
use lido_domain::{
    Verdict,
    branding::{asset::AssetsByDigest, style::Style},
    flow::branding::styles::{self, StyleRequest},
    id::{ClientId, PoolId, StyleId},
};
use lido_runtime::{Form, Shape as _};
use serde_json::Value;

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, Rejection, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Origin, RequestContext, branding::stored_style},
    store::Kind,
    wire,
};

const CLIENT: &str = "ClientId";
const USES_DEFAULTS: &str = "UseCognitoProvidedValues";
const SETTINGS: &str = "Settings";
const ASSETS: &str = "Assets";

/// The managed login styles of a pool.
#[derive(Debug)]
pub(super) struct ManagedLoginStyles;

fn read(entry: &Entry) -> Result<(ClientId, StyleRequest), EntryFailure> {
    let mut entry = entry.clone();
    if let Some(Value::String(text)) = entry.get(SETTINGS) {
        let settings = serde_json::from_str(text)
            .map_err(|error| Rejection::at(SETTINGS, format!("the text is not JSON: {error}")))?;
        entry.insert(SETTINGS.to_owned(), settings);
    }
    let input: CreateManagedLoginBrandingInput = read::input(read::with_any_pool(entry))?;
    let request = wire::branding::read_style(input.use_cognito_provided_values, input.settings, input.assets);
    Ok((ClientId::new(input.client_id.into_inner()), request?))
}

#[async_trait]
impl Noun for ManagedLoginStyles {
    fn operation(&self) -> Operation {
        Operation::CreateManagedLoginBranding
    }

    fn list_key(&self) -> &'static str {
        "ManagedLoginBrandings"
    }

    fn name_key(&self) -> &'static str {
        CLIENT
    }

    fn keys(&self) -> Vec<EntryKey> {
        vec![
            (CLIENT, Form::Json),
            (USES_DEFAULTS, Form::Json),
            (SETTINGS, Form::Json),
            (ASSETS, Form::List(types::AssetType::form)),
        ]
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let (client, described) = read(entry)?;
        let id = StyleId::new(app.entropy.uuid()?);
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (record, branding, count) = tx.get_branding_and_count(pool, &client, Kind::Style).await?;
                let stored = stored_style(&record, &branding, count);
                let Some(former) = stored.style else {
                    let created = styles::create(stored, &client, id.clone(), &described, tx.now());
                    return Ok(created.map(|_| SeedOutcome::Created));
                };
                let updated = styles::update(Some(former), &described, tx.now());
                let is_same =
                    |style: &Style| style.settings == former.settings && style.assets == former.assets;
                if updated.answer.as_ref().is_ok_and(|style| is_same(style)) {
                    return Ok(Verdict::accept(SeedOutcome::Unchanged));
                }
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
        let after = after.map(ClientId::new);
        let tx = app.store.begin();
        let mut entries = Vec::new();
        for style in tx.list_styles(pool, after.as_ref(), PAGE).await? {
            let images = tx.list_assets(pool, &style.asset_owner()).await?;
            entries.push((style.client.to_string(), describe(&style, &images)));
        }
        Ok(entries)
    }
}

/// Returns whether a document has a null anywhere. Its depth is bounded where it is set.
fn has_null(document: &Value) -> bool {
    match document {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

fn describe(style: &Style, images: &AssetsByDigest) -> Entry {
    let mut entry = read::member(CLIENT, style.client.as_str());
    match &style.settings {
        Some(settings) if settings.is_string() || has_null(settings) => {
            entry.insert(SETTINGS.to_owned(), settings.to_string().into())
        }
        Some(settings) => entry.insert(SETTINGS.to_owned(), settings.clone()),
        None => entry.insert(USES_DEFAULTS.to_owned(), true.into()),
    };
    let assets = style.assets.iter().map(|asset| {
        let mut members = read::member("Category", asset.category.as_str());
        members.insert("ColorMode".to_owned(), asset.color_mode.as_str().into());
        members.insert("Extension".to_owned(), asset.extension.as_str().into());
        let image = asset.digest.as_ref().and_then(|digest| images.get(digest));
        members.extend(image.map(|image| ("Bytes".to_owned(), STANDARD.encode(&image.bytes).into())));
        members.extend(asset.resource_id.as_deref().map(|id| ("ResourceId".to_owned(), id.into())));
        Value::Object(members)
    });
    let assets: Vec<_> = assets.collect();
    if !assets.is_empty() {
        entry.insert(ASSETS.to_owned(), assets.into());
    }
    entry
}
