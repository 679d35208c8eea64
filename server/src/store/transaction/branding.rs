//! The typed reads of what the sign-in pages look like.

use std::sync::Arc;

use lido_domain::{
    branding::{
        OwnedBranding,
        asset::{Asset, AssetOwner, AssetsByDigest},
        customization::{CustomizationScope, UiCustomization},
        style::Style,
        terms::{Terms, TermsName},
    },
    id::{ClientId, PoolId, StyleId, TermsId},
};

use super::{
    Transaction,
    reads::list,
    rows::{asset_of, client_of, pool_of, style_id_of, style_of, terms_id_of, terms_of, ui_customization_of},
};
use crate::store::{ClientRecord, Key, Kind, PoolRecord, StoreError, Stored};

/// The most images of a style that are read: a request has no more.
const MAX_ASSETS: usize = 40;

/// A pool, one of its app clients, and what the pages of the app client look like; each is `None` if it does not
/// exist.
#[derive(Clone, Debug, Default)]
pub struct ClientBranding {
    /// The pool.
    pub pool: Option<Arc<PoolRecord>>,
    /// The app client.
    pub client: Option<Arc<ClientRecord>>,
    /// The looks of its classic pages.
    pub customization: Option<Arc<UiCustomization>>,
    /// The looks of the classic pages of all app clients without their own.
    pub shared_customization: Option<Arc<UiCustomization>>,
    /// Its managed login style.
    pub style: Option<Arc<Style>>,
    /// Its terms documents.
    pub terms: Vec<Terms>,
}

impl ClientBranding {
    /// Returns what the app client owns.
    pub fn owned(&self) -> OwnedBranding<'_> {
        OwnedBranding {
            customization: self.customization.as_deref(),
            style: self.style.as_deref(),
            terms: &self.terms,
        }
    }
}

impl Transaction {
    /// Returns what the pages of an app client look like, in one read. Without an app client, what the pool has for
    /// all.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_branding(
        &self,
        pool: &PoolId,
        client: Option<&ClientId>,
    ) -> Result<ClientBranding, StoreError> {
        let shared = Key::ui_customization(&CustomizationScope::Pool);
        let Some(client) = client else {
            let [pool, shared] = self.find(pool, [Key::pool(), shared]).await?;
            return Ok(ClientBranding {
                pool: pool.map(pool_of).transpose()?,
                shared_customization: shared.map(ui_customization_of).transpose()?,
                ..ClientBranding::default()
            });
        };
        let found = self.find(pool, branding_keys(client)).await?;
        client_branding(found)
    }

    /// Returns what [`Transaction::find_branding`] returns, and the number of records of a kind in the pool.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_branding_and_count(
        &self,
        pool: &PoolId,
        client: &ClientId,
        kind: Kind,
    ) -> Result<(ClientBranding, usize), StoreError> {
        let (found, count) = self.find_and_count(pool, branding_keys(client), kind).await?;
        Ok((client_branding(found)?, count))
    }

    /// Returns a pool, and the app client whose style has this id.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_client_of_style(
        &self,
        pool: &PoolId,
        id: &StyleId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<ClientId>), StoreError> {
        let [pool, client] = self.find(pool, [Key::pool(), Key::style_id(id)]).await?;
        Ok((pool.map(pool_of).transpose()?, client.map(style_id_of).transpose()?))
    }

    /// Returns a pool, and the app client that has the terms document with this id.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_client_of_terms(
        &self,
        pool: &PoolId,
        id: &TermsId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<ClientId>), StoreError> {
        let [pool, client] = self.find(pool, [Key::pool(), Key::terms_id(id)]).await?;
        Ok((pool.map(pool_of).transpose()?, client.map(terms_id_of).transpose()?))
    }

    /// Returns terms documents of a pool in the order of their app clients and names, after one of them.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn list_terms(
        &self,
        pool: &PoolId,
        after: Option<(&ClientId, TermsName)>,
        limit: usize,
    ) -> Result<Vec<Terms>, StoreError> {
        let after = after.map(|(client, name)| Key::terms(client, name));
        let lookup = list(Kind::Terms, String::new(), after.as_ref().map(Key::id), limit);
        self.list(pool, lookup).await?.into_iter().map(terms_of).collect()
    }

    /// Returns the looks of classic pages in the order of their app clients, after the scope `after`.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn list_ui_customizations(
        &self,
        pool: &PoolId,
        after: Option<&CustomizationScope>,
        limit: usize,
    ) -> Result<Vec<Arc<UiCustomization>>, StoreError> {
        let after = after.map(CustomizationScope::as_str);
        let lookup = list(Kind::UiCustomization, String::new(), after, limit);
        self.list(pool, lookup).await?.into_iter().map(ui_customization_of).collect()
    }

    /// Returns the managed login styles of a pool in the order of their app clients, after the app client `after`.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn list_styles(
        &self,
        pool: &PoolId,
        after: Option<&ClientId>,
        limit: usize,
    ) -> Result<Vec<Arc<Style>>, StoreError> {
        let lookup = list(Kind::Style, String::new(), after.map(ClientId::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(style_of).collect()
    }

    /// Returns an uploaded image.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn find_asset(
        &self,
        pool: &PoolId,
        of: &AssetOwner,
        digest: &str,
    ) -> Result<Option<Asset>, StoreError> {
        let [found] = self.find(pool, [Key::asset(of, digest)]).await?;
        found.map(asset_of).transpose()
    }

    /// Returns the images of an owner by the digests under which they are stored.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`, as for every read.
    pub async fn list_assets(&self, pool: &PoolId, of: &AssetOwner) -> Result<AssetsByDigest, StoreError> {
        let prefix = format!("{of} ");
        let found = self.list(pool, list(Kind::Asset, prefix.clone(), None, MAX_ASSETS)).await?;
        let by_digest = found.into_iter().map(|stored| {
            let digest = stored.key.id().strip_prefix(&prefix).unwrap_or_default().to_owned();
            Ok((digest, asset_of(stored)?))
        });
        by_digest.collect()
    }
}

/// Returns the keys of what the pages of an app client look like.
fn branding_keys(client: &ClientId) -> [Key; 7] {
    let [use_terms, privacy] = TermsName::ALL.map(|name| Key::terms(client, name));
    [
        Key::pool(),
        Key::client(client),
        Key::ui_customization(&CustomizationScope::Client(client.clone())),
        Key::ui_customization(&CustomizationScope::Pool),
        Key::style(client),
        use_terms,
        privacy,
    ]
}

/// Converts the records with the keys of [`branding_keys`].
fn client_branding(found: [Option<Stored>; 7]) -> Result<ClientBranding, StoreError> {
    let [pool, client, own, shared, style, use_terms, privacy] = found;
    Ok(ClientBranding {
        pool: pool.map(pool_of).transpose()?,
        client: client.map(client_of).transpose()?,
        customization: own.map(ui_customization_of).transpose()?,
        shared_customization: shared.map(ui_customization_of).transpose()?,
        style: style.map(style_of).transpose()?,
        terms: [use_terms, privacy].into_iter().flatten().map(terms_of).collect::<Result<_, _>>()?,
    })
}
