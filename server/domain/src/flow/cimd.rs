//! The operations on policies of client ID metadata documents and on kept documents: the order of the checks, and
//! what is stored.
//!
//! The policies themselves are in [`crate::client::cimd`].

use serde_json::Value;

use crate::client::cimd::{
    CachedMetadata, CimdPolicy, CimdPolicySettings, CimdPolicyUpdate, MAX_CIMD_POLICIES, MAX_CLIENT_METADATA,
};
use crate::{
    Timestamp,
    id::CimdPolicyId,
    pool::{Feature, Pool},
    record::PoolRecord,
    refusal::{CimdFault, Refusal},
    verdict::{Change, Verdict},
};

/// Refuses a pool whose plan has no policies (*Documented*, api-0322).
fn check_plan(pool: &Pool) -> Result<(), Refusal> {
    if Feature::ClientMetadata.minimum_tier() > pool.tier {
        return Err(Refusal::Cimd(CimdFault::TierTooLow(pool.tier)));
    }
    Ok(())
}

/// Creates a policy in a pool that has `count` of them. `has_client` says whether the app client exists.
///
/// The pool is stored too, unchanged. So a creation at the same time causes a conflict, which guarantees the limit.
pub fn create(
    pool: &PoolRecord,
    has_client: bool,
    count: usize,
    id: CimdPolicyId,
    settings: CimdPolicySettings,
    now: Timestamp,
) -> Verdict<CimdPolicy> {
    if let Err(refusal) = check_plan(&pool.pool) {
        return Verdict::refuse(refusal);
    }
    if !has_client {
        return Verdict::refuse(Refusal::UnknownClient(settings.client));
    }
    if count >= MAX_CIMD_POLICIES {
        return Verdict::refuse(Refusal::Cimd(CimdFault::TooMany));
    }
    let policy = CimdPolicy { id, settings, created_at: now, modified_at: now };
    let mut remember = vec![Change::PutCimdPolicy(Box::new(policy.clone()))];
    remember.extend(pool.clone().put().remember);
    Verdict { remember, answer: Ok(policy) }
}

/// Updates a policy. Documents whose addresses do not match any more are not valid any more.
pub fn update(
    pool: &Pool,
    policy: Option<&CimdPolicy>,
    has_client: bool,
    update: CimdPolicyUpdate,
    now: Timestamp,
) -> Verdict<CimdPolicy> {
    if let Err(refusal) = check_plan(pool) {
        return Verdict::refuse(refusal);
    }
    let Some(former) = policy else { return Verdict::refuse(Refusal::Cimd(CimdFault::Unknown)) };
    if !has_client {
        return Verdict::refuse(Refusal::UnknownClient(update.client));
    }
    let CimdPolicyUpdate { client, patterns, name, cache_seconds } = update;
    let settings = CimdPolicySettings {
        name: name.unwrap_or_else(|| former.settings.name.clone()),
        client,
        cache_seconds: cache_seconds.or(former.settings.cache_seconds),
        patterns,
    };
    let policy = CimdPolicy { settings, modified_at: now, ..former.clone() };
    Verdict { remember: vec![Change::PutCimdPolicy(Box::new(policy.clone()))], answer: Ok(policy) }
}

/// Deletes a policy with the documents that were fetched under it.
pub fn delete(policy: Option<&CimdPolicy>) -> Verdict<()> {
    match policy {
        Some(policy) => {
            Verdict { remember: vec![Change::RemoveCimdPolicy(policy.id.clone())], answer: Ok(()) }
        }
        None => Verdict::refuse(Refusal::Cimd(CimdFault::Unknown)),
    }
}

/// Refuses to change a document that is not kept, or is not valid any more (*Documented*, api-0319).
pub fn check_kept(
    pool: &Pool,
    policy: Option<CimdPolicy>,
    kept: Option<CachedMetadata>,
    now: Timestamp,
) -> Result<(CimdPolicy, CachedMetadata), Refusal> {
    check_plan(pool)?;
    let policy = policy.ok_or(Refusal::Cimd(CimdFault::Unknown))?;
    let kept = kept.filter(|kept| policy.is_valid(kept, now)).ok_or(Refusal::Cimd(CimdFault::NotCached))?;
    Ok((policy, kept))
}

/// Removes a kept document.
pub fn invalidate(kept: CachedMetadata) -> Verdict<()> {
    Verdict {
        remember: vec![Change::RemoveClientMetadata { policy: kept.policy, url: kept.url }],
        answer: Ok(()),
    }
}

/// Keeps a document that was fetched at `now`.
pub fn refresh(policy: &CimdPolicy, url: String, document: Value, now: Timestamp) -> Verdict<()> {
    let kept = policy.keep(url, document, now);
    Verdict { remember: vec![Change::PutClientMetadata(Box::new(kept))], answer: Ok(()) }
}

/// Keeps a document that a client has named for the first time, in a pool that keeps `count` of them. Returns whether
/// it is kept.
pub fn keep(
    policy: &CimdPolicy,
    count: usize,
    url: String,
    document: Value,
    now: Timestamp,
) -> Verdict<bool> {
    if count >= MAX_CLIENT_METADATA {
        return Verdict::accept(false);
    }
    refresh(policy, url, document, now).map(|()| true)
}

#[cfg(test)]
#[path = "cimd_tests.rs"]
mod tests;
