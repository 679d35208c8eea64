//! Conversion of what the sign-in pages look like.

use lido_cognito_idp::types;
use lido_domain::{
    branding::{
        asset::{AssetExtension, AssetsByDigest},
        customization::UiCustomization,
        style::{AssetCategory, ColorMode, Style, StyleAsset},
    },
    flow::branding::styles::{RequestedAsset, StyleRequest},
    id::PoolId,
};
use lido_runtime::types::{Blob, Document};

use super::{ConversionError, document, time};

/// Converts the looks of classic pages; without any, the structure is empty (*Documented*, api-0240). `pool_url` is
/// the URL below which the pool's images are served.
///
/// *Chosen*: CSSVersion is there with a logo alone, too, since Terraform reads it in any case.
pub fn to_ui_customization_type(
    pool_url: &str,
    pool: &PoolId,
    customization: Option<&UiCustomization>,
) -> Result<types::UiCustomizationType, ConversionError> {
    let Some(customization) = customization else { return Ok(types::UiCustomizationType::default()) };
    let UiCustomization { scope, css, logo, created_at, modified_at } = customization;
    let logo = logo.as_ref().map(|name| format!("{pool_url}/{}", name.path(&scope.asset_owner())));
    Ok(types::UiCustomizationType {
        user_pool_id: Some(pool.as_str().try_into()?),
        client_id: Some(scope.as_str().try_into()?),
        image_url: logo,
        css: css.as_ref().map(|css| css.text().try_into()).transpose()?,
        css_version: time::digits(*modified_at),
        last_modified_date: Some(time::date(*modified_at)),
        creation_date: Some(time::date(*created_at)),
    })
}

/// Reads what a request says about a style.
///
/// # Errors
/// A name that the model has and the domain does not.
pub fn read_style(
    uses_defaults: Option<bool>,
    settings: Option<Document>,
    assets: Option<types::AssetListType>,
) -> Result<StyleRequest, ConversionError> {
    let assets = assets.map(|assets| assets.into_inner().into_iter().map(read_asset).collect());
    // *Chosen*: a null counts as left out, as everywhere.
    let settings = settings.map(document::to_json).filter(|settings| !settings.is_null());
    Ok(StyleRequest { uses_defaults, settings, assets: assets.transpose()? })
}

fn read_asset(asset: types::AssetType) -> Result<RequestedAsset, ConversionError> {
    let types::AssetType { category, color_mode, extension, bytes, resource_id } = asset;
    let unknown = || ConversionError("an image has a name that the domain does not know".to_owned());
    let asset = StyleAsset {
        category: AssetCategory::named(category.as_str()).ok_or_else(unknown)?,
        color_mode: ColorMode::named(color_mode.as_str()).ok_or_else(unknown)?,
        extension: AssetExtension::named(extension.as_str()).ok_or_else(unknown)?,
        resource_id: resource_id.map(|id| id.into_inner()),
        digest: None,
    };
    Ok(RequestedAsset { asset, bytes: bytes.map(|bytes| bytes.into_inner().into_inner()) })
}

/// Converts a style. `images` are its images; `is_merged` adds the defaults to its settings.
///
/// *Observed*: with the values of the service there are no settings, and the list of images is empty but not absent
/// (api-0242, api-0244). *Documented* (api-0258): merged, there are settings in any case. Lido's own look has no
/// images.
pub fn to_managed_login_branding_type(
    pool: &PoolId,
    style: &Style,
    images: &AssetsByDigest,
    is_merged: bool,
) -> Result<types::ManagedLoginBrandingType, ConversionError> {
    let settings = if is_merged { Some(style.merged_settings()) } else { style.settings.clone() };
    let assets = style.assets.iter().map(|asset| to_asset_type(asset, images));
    let assets = assets.collect::<Result<Vec<_>, ConversionError>>()?;
    Ok(types::ManagedLoginBrandingType {
        managed_login_branding_id: Some(style.id.as_str().try_into()?),
        user_pool_id: Some(pool.as_str().try_into()?),
        use_cognito_provided_values: Some(style.settings.is_none()),
        settings: settings.map(document::from_json),
        assets: Some(assets.try_into()?),
        creation_date: Some(time::date(style.created_at)),
        last_modified_date: Some(time::date(style.modified_at)),
    })
}

fn to_asset_type(asset: &StyleAsset, images: &AssetsByDigest) -> Result<types::AssetType, ConversionError> {
    let image = asset.digest.as_ref().and_then(|digest| images.get(digest));
    Ok(types::AssetType {
        category: asset.category.as_str().try_into()?,
        color_mode: asset.color_mode.as_str().try_into()?,
        extension: asset.extension.as_str().try_into()?,
        bytes: image.map(|image| Blob::new(image.bytes.clone()).try_into()).transpose()?,
        resource_id: asset.resource_id.as_deref().map(TryInto::try_into).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::sample;

    /// A store keeps images under digests of former builds, which were those of the bytes alone.
    #[test]
    fn image_is_found_by_the_digest_of_its_style() {
        let (style, image) = (sample::style("c"), sample::asset());
        let digest = style.assets[0].digest.clone().expect("a digest");
        assert_ne!(digest, image.name().digest);
        let images = AssetsByDigest::from([(digest, image.clone())]);
        let bytes = to_asset_type(&style.assets[0], &images).expect("an image").bytes.expect("bytes");
        assert_eq!(bytes.into_inner().into_inner(), image.bytes);
    }
}
