//! What an operator must know about the records of a former build: pools whose users may do more than before.
//!
//! Until November 2026 an app client without `WriteAttributes` could write the standard attributes only. Now it can
//! write the custom attributes too, as in the live service (*Documented*, api-0161). The records themselves tell which
//! app clients are concerned ([`ClientRecord::is_former`](super::ClientRecord::is_former)), so no other record is needed,
//! and the notice ends by itself: an app client that is set again is stored in the format of this build.

use lido_domain::id::PoolId;

use super::{Store, StoreError};

/// The most pools that are looked at.
const MAX_POOLS: usize = 1_000;

/// The number of pools or app clients in a page.
const PAGE: usize = 60;

/// The number of pools that a notice names.
const NAMED: usize = 5;

/// Pools whose users may write custom attributes that they could not write in a former build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpgradeNotice {
    /// The number of the pools.
    pub count: usize,
    /// The first of them.
    pub first: Vec<PoolId>,
    /// Whether the store has more pools than were looked at.
    pub is_partial: bool,
}

impl Store {
    /// Returns the notice about the records of a former build. Reads at most a thousand pools, and the app clients of those that have custom
    /// attributes.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn upgrade_notice(&self) -> Result<UpgradeNotice, StoreError> {
        let mut notice = UpgradeNotice::default();
        let (mut after, mut looked_at) = (None, 0);
        loop {
            let pools = self.list_pools(after.as_ref(), PAGE).await?;
            let Some(last) = pools.last() else { return Ok(notice) };
            after = Some(last.pool.id.clone());
            for record in &pools {
                let has_custom = record.pool.schema.iter().any(|(name, _)| name.starts_with("custom:"));
                if has_custom && has_former_client(self, &record.pool.id).await? {
                    notice.count += 1;
                    if notice.first.len() < NAMED {
                        notice.first.push(record.pool.id.clone());
                    }
                }
            }
            looked_at += pools.len();
            if looked_at >= MAX_POOLS {
                notice.is_partial = true;
                return Ok(notice);
            }
        }
    }
}

impl UpgradeNotice {
    /// Writes the notice to the log, unless it concerns no pool.
    pub fn log(&self) {
        if self.count == 0 {
            return;
        }
        let first: Vec<&str> = self.first.iter().map(PoolId::as_str).collect();
        tracing::warn!(
            pools = self.count,
            first = first.join(", "),
            more_pools_not_checked = self.is_partial,
            "users of these pools may now write custom attributes through app clients without WriteAttributes, as in the \
             live service; set WriteAttributes where they must not, or update the app clients to acknowledge this"
        );
    }
}

async fn has_former_client(store: &Store, pool: &PoolId) -> Result<bool, StoreError> {
    let mut after = None;
    loop {
        let clients = store.begin().list_clients(pool, after.as_ref(), PAGE).await?;
        if clients.iter().any(|record| record.gained_custom_attributes()) {
            return Ok(true);
        }
        match clients.last() {
            Some(last) if clients.len() == PAGE => after = Some(last.client.id.clone()),
            _ => return Ok(false),
        }
    }
}
