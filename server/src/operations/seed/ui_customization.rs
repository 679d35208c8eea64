//! The looks of classic pages in seed files: the members of SetUICustomization. The app client is named by its id, or
//! `ALL`.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_cognito_idp::{Operation, operations::SetUiCustomizationInput};
use lido_domain::{
    Verdict,
    branding::customization::{CustomizationScope, UiCustomization},
    flow::branding::customization,
    id::PoolId,
};
use lido_runtime::Form;
use serde_json::Value;

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Origin, RequestContext, branding::customizations},
};

const CLIENT: &str = "ClientId";
const CSS: &str = "CSS";
const IMAGE: &str = "ImageFile";

/// The looks of the classic pages of a pool.
#[derive(Debug)]
pub(super) struct UiCustomizations;

/// The looks as an entry describes them.
struct Described {
    scope: CustomizationScope,
    css: Option<String>,
    logo: Option<Vec<u8>>,
}

fn read(entry: &Entry) -> Result<Described, EntryFailure> {
    let input: SetUiCustomizationInput = read::input(read::with_any_pool(entry.clone()))?;
    Ok(Described {
        scope: CustomizationScope::named(input.client_id.map(|id| id.into_inner())),
        css: input.css.map(|css| css.into_inner()),
        logo: input.image_file.map(|file| file.into_inner().into_inner()),
    })
}

#[async_trait]
impl Noun for UiCustomizations {
    fn operation(&self) -> Operation {
        Operation::SetUICustomization
    }

    fn list_key(&self) -> &'static str {
        "UICustomizations"
    }

    fn name_key(&self) -> &'static str {
        CLIENT
    }

    fn keys(&self) -> Vec<EntryKey> {
        [CLIENT, CSS, IMAGE].map(|key| (key, Form::Json)).into()
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry).map(|_| None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        let Described { scope, css, logo } = read(entry)?;
        let origin = Origin::default();
        RequestContext::new(app, &origin)
            .transact(async |tx| {
                let (record, branding) = tx.get_branding(pool, scope.client()).await?;
                let stored = customizations(&record, &branding);
                let former = match scope {
                    CustomizationScope::Pool => stored.shared,
                    CustomizationScope::Client(_) => stored.own,
                };
                let set = customization::set(&scope, stored, css.as_deref(), logo.as_deref(), tx.now());
                let is_same = |set: &UiCustomization, former: &UiCustomization| {
                    set.css == former.css && set.logo == former.logo
                };
                Ok(match (&set.answer, former) {
                    (Ok(Some(set)), Some(former)) if is_same(set, former) => {
                        Verdict::accept(SeedOutcome::Unchanged)
                    }
                    (Ok(None), None) => Verdict::accept(SeedOutcome::Unchanged),
                    (_, None) => set.map(|_| SeedOutcome::Created),
                    (_, Some(_)) => set.map(|_| SeedOutcome::Changed),
                })
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
        let after = after.map(|after| CustomizationScope::from(after.to_owned()));
        let tx = app.store.begin();
        let mut entries = Vec::new();
        for found in tx.list_ui_customizations(pool, after.as_ref(), PAGE).await? {
            let UiCustomization { scope, css, logo, .. } = found.as_ref();
            let mut entry = read::member(CLIENT, scope.as_str());
            entry.extend(css.as_ref().map(|css| (CSS.to_owned(), css.text().into())));
            if let Some(name) = logo {
                let image = tx.find_asset(pool, &scope.asset_owner(), &name.digest).await?;
                entry.extend(image.map(|image| (IMAGE.to_owned(), STANDARD.encode(&image.bytes).into())));
            }
            entries.push((scope.as_str().to_owned(), entry));
        }
        Ok(entries)
    }
}
