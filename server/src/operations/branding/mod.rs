//! The operations on what the sign-in pages look like.

pub(super) mod create_managed_login_branding;
pub(super) mod delete_managed_login_branding;
pub(super) mod describe_managed_login_branding;
pub(super) mod describe_managed_login_branding_by_client;
pub(super) mod get_ui_customization;
pub(super) mod set_ui_customization;
pub(super) mod update_managed_login_branding;

use lido_domain::{
    branding::{
        asset::{Asset, AssetsByDigest},
        customization::CustomizationScope,
    },
    flow::branding::{
        customization::StoredCustomizations,
        styles::{StoredStyle, StyleRequest},
    },
};

use crate::store::{ClientBranding, PoolRecord};

/// Returns the stored looks of classic pages as their rules take them.
pub(super) fn customizations<'a>(
    pool: &'a PoolRecord,
    branding: &'a ClientBranding,
) -> StoredCustomizations<'a> {
    StoredCustomizations {
        pool,
        client: branding.client.as_ref(),
        own: branding.customization.as_ref(),
        shared: branding.shared_customization.as_ref(),
    }
}

/// Returns what is stored as the rules of styles take it. `count` is the number of styles of the pool.
pub(super) fn stored_style<'a>(
    pool: &'a PoolRecord,
    branding: &'a ClientBranding,
    count: usize,
) -> StoredStyle<'a> {
    StoredStyle { pool, client: branding.client.as_ref(), style: branding.style.as_ref(), count }
}

/// Returns the scope that a request names.
fn scope(client: Option<lido_cognito_idp::types::ClientIdType>) -> CustomizationScope {
    CustomizationScope::named(client.map(|id| id.into_inner()))
}

/// Returns the images that a request has, by their digests.
fn requested_images(request: &StyleRequest) -> AssetsByDigest {
    let requested = request.assets.iter().flatten();
    let images = requested.filter_map(|requested| {
        let image = Asset { extension: requested.asset.extension, bytes: requested.bytes.clone()? };
        Some((image.name().digest, image))
    });
    images.collect()
}
