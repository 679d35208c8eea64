//! SetUICustomization and GetUICustomization.

use std::sync::Arc;

use crate::{
    Timestamp,
    branding::{
        asset::{Asset, AssetExtension},
        css::{self, Stylesheet},
        customization::{CustomizationScope, UiCustomization},
    },
    record::{ClientRecord, PoolRecord},
    refusal::{BrandingFault, Refusal},
    verdict::{Change, Verdict},
};

/// The most bytes of the CSS (*Documented*, api-0238).
pub const MAX_CSS_BYTES: usize = 3 * 1024;

/// The most bytes of the logo (*Documented*, api-0238).
pub const MAX_LOGO_BYTES: usize = 100 * 1024;

/// What is stored about the looks of classic pages.
#[derive(Clone, Copy, Debug)]
pub struct StoredCustomizations<'a> {
    /// The pool.
    pub pool: &'a PoolRecord,
    /// The app client that the request names.
    pub client: Option<&'a Arc<ClientRecord>>,
    /// The customization of that app client.
    pub own: Option<&'a Arc<UiCustomization>>,
    /// The customization of the pool.
    pub shared: Option<&'a Arc<UiCustomization>>,
}

/// Returns the customization of a scope: for an app client without its own, that of the pool (*Documented*, api-0240).
///
/// # Errors
/// Refuses a pool without a domain (*Observed*, api-0236), and an app client that does not exist.
pub fn get<'a>(
    scope: &CustomizationScope,
    stored: StoredCustomizations<'a>,
) -> Result<Option<&'a Arc<UiCustomization>>, Refusal> {
    check(scope, stored)?;
    Ok(stored.own.or(stored.shared))
}

/// Sets the CSS and the logo of a scope. What the request leaves out is removed (*Documented*: they cannot be set
/// separately), so a request with neither removes the customization (*Documented*). *Chosen*: what is empty counts as
/// left out. Answers what is set now.
pub fn set(
    scope: &CustomizationScope,
    stored: StoredCustomizations<'_>,
    css: Option<&str>,
    logo: Option<&[u8]>,
    now: Timestamp,
) -> Verdict<Option<Arc<UiCustomization>>> {
    let (css, logo) = (css.filter(|css| !css.is_empty()), logo.filter(|logo| !logo.is_empty()));
    let logo = match check(scope, stored).and_then(|()| check_contents(css, logo)) {
        Ok(logo) => logo,
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let former = match scope {
        CustomizationScope::Pool => stored.shared,
        CustomizationScope::Client(_) => stored.own,
    };
    let owner = scope.asset_owner();
    let mut remember = Vec::new();
    if css.is_none() && logo.is_none() {
        remember.extend(former.into_iter().flat_map(|former| former.removal()));
        return Verdict { remember, answer: Ok(None) };
    }
    let name = logo.as_ref().map(Asset::name);
    let former_logo =
        former.and_then(|former| former.logo.as_ref()).filter(|former| Some(*former) != name.as_ref());
    remember.extend(
        former_logo.map(|former| Change::RemoveAsset { of: owner.clone(), digest: former.digest.clone() }),
    );
    let customization = Arc::new(UiCustomization {
        scope: scope.clone(),
        css: css.map(Stylesheet::read),
        logo: name,
        created_at: former.map_or(now, |former| former.created_at),
        modified_at: now,
    });
    remember.extend(logo.map(|logo| Change::PutAsset { of: owner, asset: Box::new(logo) }));
    remember.push(Change::PutUiCustomization(Arc::clone(&customization)));
    // Unchanged, so that a deletion of the app client at the same time conflicts and nothing is left behind.
    remember.extend(stored.client.map(|client| Change::PutClient(Arc::clone(client))));
    Verdict { remember, answer: Ok(Some(customization)) }
}

fn check(scope: &CustomizationScope, stored: StoredCustomizations<'_>) -> Result<(), Refusal> {
    if let (Some(id), None) = (scope.client(), stored.client) {
        return Err(Refusal::UnknownClient(id.clone()));
    }
    if stored.pool.domains.is_empty() { Err(BrandingFault::NoDomain.into()) } else { Ok(()) }
}

/// Checks the sizes, the CSS and the format of the logo, in this order (*Chosen*), and returns the logo.
fn check_contents(css: Option<&str>, logo: Option<&[u8]>) -> Result<Option<Asset>, Refusal> {
    let is_too_large = css.is_some_and(|css| css.len() > MAX_CSS_BYTES)
        || logo.is_some_and(|logo| logo.len() > MAX_LOGO_BYTES);
    if is_too_large {
        return Err(BrandingFault::CustomizationTooLarge.into());
    }
    if let Some(css) = css {
        css::check(css).map_err(BrandingFault::Css)?;
    }
    let Some(bytes) = logo else { return Ok(None) };
    let extension = AssetExtension::of_photo(bytes).ok_or(BrandingFault::LogoFormat)?;
    Ok(Some(Asset { extension, bytes: bytes.to_vec() }))
}

#[cfg(test)]
#[path = "customization_tests.rs"]
mod tests;
