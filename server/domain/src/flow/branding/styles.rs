//! The operations on managed login styles.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;

use crate::{
    Timestamp,
    branding::{
        asset::Asset,
        style::{MAX_STYLES, Style, StyleAsset},
    },
    id::{ClientId, StyleId},
    record::{ClientRecord, PoolRecord},
    refusal::{AssetFault, BrandingFault, Refusal},
    verdict::{Change, Verdict},
};

/// The deepest nesting of a settings document, so that what is stored can be read again.
///
/// *Chosen*: the document of the service has seven levels.
const MAX_DEPTH: usize = 64;

/// What a request says about a style. An absent member is `None`.
#[derive(Clone, Debug, Default)]
pub struct StyleRequest {
    /// `UseCognitoProvidedValues`.
    pub uses_defaults: Option<bool>,
    /// `Settings`.
    pub settings: Option<Value>,
    /// `Assets`.
    pub assets: Option<Vec<RequestedAsset>>,
}

/// An image of a request.
#[derive(Clone, Debug)]
pub struct RequestedAsset {
    /// All but the bytes; the digest is `None`.
    pub asset: StyleAsset,
    /// The bytes, if there are any.
    pub bytes: Option<Vec<u8>>,
}

/// What is stored about the style of an app client.
#[derive(Clone, Copy, Debug)]
pub struct StoredStyle<'a> {
    /// The pool.
    pub pool: &'a PoolRecord,
    /// The app client.
    pub client: Option<&'a Arc<ClientRecord>>,
    /// Its style.
    pub style: Option<&'a Arc<Style>>,
    /// The number of styles of the pool.
    pub count: usize,
}

/// Creates the style of an app client.
///
/// *Chosen*: the order of the checks: the members, the app client, its style, the limit. Pool and app client are
/// stored too, unchanged: so a creation at the same time, or a deletion of the app client, causes a conflict.
pub fn create(
    stored: StoredStyle<'_>,
    client_id: &ClientId,
    id: StyleId,
    request: &StyleRequest,
    now: Timestamp,
) -> Verdict<Arc<Style>> {
    let client = match check_new(stored, client_id, request) {
        Ok(client) => client,
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let new = Style {
        id,
        client: client_id.clone(),
        settings: None,
        assets: Vec::new(),
        created_at: now,
        modified_at: now,
    };
    let mut verdict = put(None, new, request);
    verdict.remember.push(Change::PutClient(Arc::clone(client)));
    verdict.remember.extend(stored.pool.clone().put().remember);
    verdict
}

fn check_new<'a>(
    stored: StoredStyle<'a>,
    client_id: &ClientId,
    request: &StyleRequest,
) -> Result<&'a Arc<ClientRecord>, Refusal> {
    request.check()?;
    let client = stored.client.ok_or_else(|| Refusal::UnknownClient(client_id.clone()))?;
    if stored.style.is_some() {
        return Err(BrandingFault::StyleExists(client_id.clone()).into());
    }
    if stored.count >= MAX_STYLES { Err(BrandingFault::TooManyStyles.into()) } else { Ok(client) }
}

/// Updates a style. Settings and images that the request leaves out stay (*Observed*, api-0248), but with the values
/// of the service, to which the style then reverts as a whole (*Documented* for the member).
pub fn update(style: Option<&Arc<Style>>, request: &StyleRequest, now: Timestamp) -> Verdict<Arc<Style>> {
    if let Err(refusal) = request.check() {
        return Verdict::refuse(refusal);
    }
    match style {
        Some(style) => put(Some(style), Style { modified_at: now, ..style.as_ref().clone() }, request),
        None => Verdict::refuse(BrandingFault::UnknownStyle.into()),
    }
}

/// Deletes a style with its images.
pub fn delete(style: Option<&Arc<Style>>) -> Verdict<()> {
    match style {
        Some(style) => Verdict { remember: style.removal().collect(), answer: Ok(()) },
        None => Verdict::refuse(BrandingFault::UnknownStyle.into()),
    }
}

/// Returns the style that an app client must have.
///
/// # Errors
/// The app client does not exist, or has none (*Observed*, api-0251).
pub fn get_of_client<'a>(stored: StoredStyle<'a>, client_id: &ClientId) -> Result<&'a Arc<Style>, Refusal> {
    stored.client.ok_or_else(|| Refusal::UnknownClient(client_id.clone()))?;
    stored.style.ok_or_else(|| BrandingFault::UnknownStyleOfClient(client_id.clone()).into())
}

/// Stores a style with what a request says. `former` is the stored one.
fn put(former: Option<&Arc<Style>>, mut style: Style, request: &StyleRequest) -> Verdict<Arc<Style>> {
    let uses_defaults = request.uses_defaults == Some(true);
    style.settings = request.settings.clone();
    let mut remember = Vec::new();
    if request.assets.is_some() || uses_defaults {
        let requested = request.assets.as_deref().unwrap_or_default();
        style.assets.clear();
        let mut images = BTreeSet::new();
        for RequestedAsset { asset, bytes } in requested {
            let image = bytes.clone().map(|bytes| Asset { extension: asset.extension, bytes });
            let digest = image.as_ref().map(|image| image.name().digest);
            style.assets.push(StyleAsset { digest: digest.clone(), ..asset.clone() });
            if let (Some(image), Some(digest)) = (image, digest)
                && images.insert(digest)
            {
                remember.push(Change::PutAsset { of: style.asset_owner(), asset: Box::new(image) });
            }
        }
        let gone = former.into_iter().flat_map(|former| former.digests());
        let gone = gone.filter(|digest| !images.contains(*digest)).map(str::to_owned);
        remember.extend(gone.map(|digest| Change::RemoveAsset { of: style.asset_owner(), digest }));
    }
    let style = Arc::new(style);
    remember.push(Change::PutStyle(Arc::clone(&style)));
    Verdict { remember, answer: Ok(style) }
}

impl StyleRequest {
    /// Refuses a request that names no source, or two (*Observed*, api-0245), and images in a format that their
    /// category does not have. Images beside the values of the service are accepted (*Observed*, api-0249).
    fn check(&self) -> Result<(), Refusal> {
        if (self.uses_defaults == Some(true)) == self.settings.is_some() {
            return Err(BrandingFault::StyleSource.into());
        }
        if self.settings.as_ref().is_some_and(|settings| !is_within(settings, MAX_DEPTH)) {
            return Err(BrandingFault::StyleSettingsTooDeep.into());
        }
        let assets = self.assets.iter().flatten().map(|requested| &requested.asset);
        let faults = assets.filter(|asset| !asset.category.allows(asset.extension)).map(|asset| AssetFault {
            category: asset.category,
            color_mode: asset.color_mode,
            extension: asset.extension,
        });
        let faults: Vec<_> = faults.collect();
        if faults.is_empty() { Ok(()) } else { Err(BrandingFault::StyleAssets(faults).into()) }
    }
}

/// Returns whether a document has at most `depth` levels. The reader of requests bounds the recursion.
fn is_within(document: &Value, depth: usize) -> bool {
    match document {
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_within(item, depth - 1)),
        Value::Object(members) => depth > 0 && members.values().all(|member| is_within(member, depth - 1)),
        _ => true,
    }
}

#[cfg(test)]
#[path = "styles_tests.rs"]
mod tests;
