//! The typed reads of policies of client ID metadata documents, and of the documents that are kept.

use std::sync::Arc;

use lido_domain::{
    client::cimd::{CachedMetadata, CimdPolicy},
    id::{CimdPolicyId, ClientId, PoolId},
};

use super::{
    Transaction,
    reads::list,
    rows::{cimd_policy_of, client_metadata_of, pool_of},
};
use crate::store::{Key, Kind, PoolRecord, StoreError};

impl Transaction {
    /// Returns a pool, whether it has this app client, and the number of its policies of client ID metadata documents.
    pub async fn find_pool_and_cimd_policies(
        &self,
        pool: &PoolId,
        client: &ClientId,
    ) -> Result<(Option<Arc<PoolRecord>>, bool, usize), StoreError> {
        let keys = [Key::pool(), Key::client(client)];
        let ([pool, client], count) = self.find_and_count(pool, keys, Kind::CimdPolicy).await?;
        Ok((pool.map(pool_of).transpose()?, client.is_some(), count))
    }

    /// Returns a pool, one of its policies of client ID metadata documents, and whether the pool has this app client.
    pub async fn find_pool_policy_and_client(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
        client: &ClientId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<CimdPolicy>, bool), StoreError> {
        let keys = [Key::pool(), Key::cimd_policy(policy), Key::client(client)];
        let [pool, policy, client] = self.find(pool, keys).await?;
        Ok((pool.map(pool_of).transpose()?, policy.map(cimd_policy_of).transpose()?, client.is_some()))
    }

    /// Returns a pool, one of its policies, and the document that is kept under it for an address.
    pub async fn find_client_metadata(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
        url: &str,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<CimdPolicy>, Option<CachedMetadata>), StoreError> {
        let keys = [Key::pool(), Key::cimd_policy(policy), Key::client_metadata(policy, url)];
        let [pool, policy, kept] = self.find(pool, keys).await?;
        Ok((
            pool.map(pool_of).transpose()?,
            policy.map(cimd_policy_of).transpose()?,
            kept.map(client_metadata_of).transpose()?.map(|kept| *kept),
        ))
    }

    /// Returns a pool and one of its policies of client ID metadata documents.
    pub async fn find_pool_and_cimd_policy(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<CimdPolicy>), StoreError> {
        let [pool, policy] = self.find(pool, [Key::pool(), Key::cimd_policy(policy)]).await?;
        Ok((pool.map(pool_of).transpose()?, policy.map(cimd_policy_of).transpose()?))
    }

    /// Returns a pool, one of its policies of client ID metadata documents, and the number of documents that the pool keeps.
    pub async fn find_cimd_policy_and_documents(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
    ) -> Result<(Option<Arc<PoolRecord>>, Option<CimdPolicy>, usize), StoreError> {
        let keys = [Key::pool(), Key::cimd_policy(policy)];
        let ([pool, policy], count) = self.find_and_count(pool, keys, Kind::ClientMetadata).await?;
        Ok((pool.map(pool_of).transpose()?, policy.map(cimd_policy_of).transpose()?, count))
    }

    /// Returns policies of client ID metadata documents of a pool in the order of their ids, after `after`.
    pub async fn list_cimd_policies(
        &self,
        pool: &PoolId,
        after: Option<&CimdPolicyId>,
        limit: usize,
    ) -> Result<Vec<CimdPolicy>, StoreError> {
        let lookup = list(Kind::CimdPolicy, String::new(), after.map(CimdPolicyId::as_str), limit);
        self.list(pool, lookup).await?.into_iter().map(cimd_policy_of).collect()
    }

    /// Returns the documents that are kept under a policy in the order of their addresses, after `after`.
    pub async fn list_client_metadata(
        &self,
        pool: &PoolId,
        policy: &CimdPolicyId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<CachedMetadata>, StoreError> {
        let lookup = list(Kind::ClientMetadata, format!("{policy} "), after, limit);
        let listed = self.list(pool, lookup).await?;
        listed.into_iter().map(|stored| client_metadata_of(stored).map(|kept| *kept)).collect()
    }
}
