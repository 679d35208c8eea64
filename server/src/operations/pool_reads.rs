//! What an attempt reads of a pool that the caller names: the pool itself, and what belongs to it beside app clients
//! and users.
//!
//! Each read refuses a pool that does not exist, or not in the caller's Region ([`Tx::check_region`]). How an attempt
//! reads app clients and users, and what becomes of it, is in [`super::transact`].

use std::sync::Arc;

use lido_domain::{
    Refusal,
    branding::{style::Style, terms::Terms},
    client::cimd::{CachedMetadata, CimdPolicy},
    id::{CimdPolicyId, ClientId, GroupName, PoolId, ResourceServerId, StyleId, TermsId},
    pool::resource_server::ResourceServer,
    user::group::Group,
};

use super::{failure::Failure, transact::Tx};
use crate::store::{ClientBranding, Kind, PoolRecord};

impl Tx<'_> {
    /// Returns the pool.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool(&self, id: &PoolId) -> Result<Arc<PoolRecord>, Failure> {
        self.check_region(id)?;
        let pool = self.find_pool(id).await?;
        Ok(existing(pool, id)?)
    }

    /// Returns the pool, and the number of its users, which may be an estimate.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_and_size(&self, id: &PoolId) -> Result<(Arc<PoolRecord>, usize), Failure> {
        self.check_region(id)?;
        let found = self.find_pool_and_size(id).await?;
        Ok(existing(found, id)?)
    }

    /// Returns the pool, and the group if it exists.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_and_group(
        &self,
        id: &PoolId,
        name: &GroupName,
    ) -> Result<(Arc<PoolRecord>, Option<Group>), Failure> {
        self.check_region(id)?;
        let (pool, group) = self.find_pool_and_group(id, name).await?;
        Ok((existing(pool, id)?, group))
    }

    /// Returns the group if it exists, and the number of groups in the pool.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn find_group_and_count(
        &self,
        pool: &PoolId,
        name: &GroupName,
    ) -> Result<(Option<Group>, usize), Failure> {
        self.check_region(pool)?;
        let (record, group, count) = self.find_pool_and_groups(pool, name).await?;
        existing(record, pool)?;
        Ok((group, count))
    }

    /// Returns the pool, the resource server if it exists, and the number of resource servers in the pool.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_and_resource_servers(
        &self,
        pool: &PoolId,
        id: &ResourceServerId,
    ) -> Result<(Arc<PoolRecord>, Option<ResourceServer>, usize), Failure> {
        self.check_region(pool)?;
        let (record, server, count) = self.find_pool_and_resource_servers(pool, id).await?;
        Ok((existing(record, pool)?, server, count))
    }

    /// Returns the resource server if it exists.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn find_resource_server(
        &self,
        pool: &PoolId,
        id: &ResourceServerId,
    ) -> Result<Option<ResourceServer>, Failure> {
        Ok(self.get_pool_and_resource_servers(pool, id).await?.1)
    }

    /// Returns the pool, whether it has the app client, and the number of policies of client ID metadata documents.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_and_cimd_policies(
        &self,
        pool: &PoolId,
        client: &ClientId,
    ) -> Result<(Arc<PoolRecord>, bool, usize), Failure> {
        self.check_region(pool)?;
        let (record, has_client, count) = self.find_pool_and_cimd_policies(pool, client).await?;
        Ok((existing(record, pool)?, has_client, count))
    }

    /// Returns the pool, the policy if it exists, and whether the pool has the app client.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_policy_and_client(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
        client: &ClientId,
    ) -> Result<(Arc<PoolRecord>, Option<CimdPolicy>, bool), Failure> {
        self.check_region(pool)?;
        let (record, policy, has_client) = self.find_pool_policy_and_client(pool, policy, client).await?;
        Ok((existing(record, pool)?, policy, has_client))
    }

    /// Returns the pool, and the policy if it exists.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_pool_and_cimd_policy(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
    ) -> Result<(Arc<PoolRecord>, Option<CimdPolicy>), Failure> {
        self.check_region(pool)?;
        let (record, policy) = self.find_pool_and_cimd_policy(pool, policy).await?;
        Ok((existing(record, pool)?, policy))
    }

    /// Returns the pool, the policy if it exists, and the document that is kept under it for an address.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn get_client_metadata(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
        url: &str,
    ) -> Result<(Arc<PoolRecord>, Option<CimdPolicy>, Option<CachedMetadata>), Failure> {
        self.check_region(pool)?;
        let (record, policy, kept) = self.find_client_metadata(pool, policy, url).await?;
        Ok((existing(record, pool)?, policy, kept))
    }

    /// Returns the pool, and what the pages of an app client look like, or without an app client those of all.
    ///
    /// # Errors
    /// `UnknownPool`. An app client that does not exist is refused by the rule.
    pub(super) async fn get_branding(
        &self,
        pool: &PoolId,
        client: Option<&ClientId>,
    ) -> Result<(Arc<PoolRecord>, ClientBranding), Failure> {
        self.check_region(pool)?;
        let branding = self.find_branding(pool, client).await?;
        let record = existing(branding.pool.clone(), pool)?;
        Ok((record, branding))
    }

    /// Returns what [`Tx::get_branding`] returns, and the number of records of a kind in the pool.
    ///
    /// # Errors
    /// `UnknownPool`. An app client that does not exist is refused by the rule.
    pub(super) async fn get_branding_and_count(
        &self,
        pool: &PoolId,
        client: &ClientId,
        kind: Kind,
    ) -> Result<(Arc<PoolRecord>, ClientBranding, usize), Failure> {
        self.check_region(pool)?;
        let (branding, count) = self.find_branding_and_count(pool, client, kind).await?;
        let record = existing(branding.pool.clone(), pool)?;
        Ok((record, branding, count))
    }

    /// Returns the managed login style with this id, if it exists.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn find_style(
        &self,
        pool: &PoolId,
        id: &StyleId,
    ) -> Result<Option<Arc<Style>>, Failure> {
        self.check_region(pool)?;
        let (record, client) = self.find_client_of_style(pool, id).await?;
        existing(record, pool)?;
        let Some(client) = client else { return Ok(None) };
        let style = self.find_branding(pool, Some(&client)).await?.style;
        Ok(style.filter(|style| style.id == *id))
    }

    /// Returns the terms documents of the app client that has the one with this id; none if there is no such document.
    ///
    /// # Errors
    /// `UnknownPool`.
    pub(super) async fn find_terms_of_client_with(
        &self,
        pool: &PoolId,
        id: &TermsId,
    ) -> Result<Vec<Terms>, Failure> {
        self.check_region(pool)?;
        let (record, client) = self.find_client_of_terms(pool, id).await?;
        existing(record, pool)?;
        match client {
            Some(client) => Ok(self.find_branding(pool, Some(&client)).await?.terms),
            None => Ok(Vec::new()),
        }
    }
}

/// Returns what was found of a pool.
pub(super) fn existing<T>(found: Option<T>, id: &PoolId) -> Result<T, Refusal> {
    found.ok_or_else(|| Refusal::UnknownPool(id.clone()))
}
