//! The operations on user pool domains: the order of the checks, and what is stored.
//!
//! The domains themselves are in [`crate::pool::domain`].

use crate::{
    Timestamp,
    id::{DomainName, PoolId},
    pool::{
        Feature, Tier,
        domain::{Domain, DomainSettings, LoginVersion},
    },
    record::PoolRecord,
    refusal::{DomainFault, Refusal},
    verdict::{Change, Verdict},
};

/// The words that a prefix must not contain (*Observed*, oau-0195), in the order in which they are looked for (*Chosen*).
const RESERVED_WORDS: [&str; 3] = ["aws", "amazon", "cognito"];

/// The least number of labels of a custom domain: its parent must not be a top-level domain (*Observed*, oau-0198).
const MIN_CUSTOM_LABELS: usize = 3;

/// Creates a domain of a pool. `holder` is the pool that has a domain with this name now.
///
/// *Chosen*: the order of the checks: the form of the name, the settings, the plan, the domains of the pool, those of other
/// pools. The limit of custom domains in an account is not imitated.
pub fn create(
    pool: &PoolRecord,
    holder: Option<&PoolId>,
    name: DomainName,
    settings: DomainSettings,
    now: Timestamp,
) -> Verdict<Domain> {
    let domain = Domain { name, settings, created_at: now };
    if let Err(fault) = check_new(pool, holder, &domain) {
        return Verdict::refuse(Refusal::Domain(fault));
    }
    let mut record = pool.clone();
    *record.domains.place(domain.is_custom()) = Some(domain.clone());
    record.put().map(|_| domain)
}

fn check_new(pool: &PoolRecord, holder: Option<&PoolId>, domain: &Domain) -> Result<(), DomainFault> {
    if domain.is_custom() {
        check_custom(&domain.name)?
    } else {
        check_prefix(&domain.name)?
    }
    check_settings(pool.pool.tier, domain)?;
    let present = if domain.is_custom() { &pool.domains.custom } else { &pool.domains.prefix };
    if present.is_some() {
        return Err(DomainFault::PoolHasOne);
    }
    if holder.is_some() { Err(DomainFault::Taken) } else { Ok(()) }
}

/// Refuses a prefix that is no label of a host name (*Observed*, oau-0192) or contains a reserved word.
fn check_prefix(name: &DomainName) -> Result<(), DomainFault> {
    if !is_label(name.as_str()) {
        return Err(DomainFault::Character);
    }
    match RESERVED_WORDS.into_iter().find(|word| name.as_str().contains(word)) {
        Some(word) => Err(DomainFault::ReservedWord(word)),
        None => Ok(()),
    }
}

/// Refuses a custom domain that is not below a domain with a parent of its own (*Observed*, oau-0197, oau-0198).
///
/// *Chosen*: a name with other characters is refused in the same way. The parent is not looked up, though the service
/// insists on a DNS record of it: a local domain has none.
fn check_custom(name: &DomainName) -> Result<(), DomainFault> {
    let labels = name.as_str().split('.');
    let is_subdomain = labels.clone().count() >= MIN_CUSTOM_LABELS && labels.clone().all(is_label);
    if is_subdomain { Ok(()) } else { Err(DomainFault::NotASubdomain) }
}

/// Returns whether `text` matches `[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?`.
fn is_label(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.len() <= 63
        && bytes.iter().all(|byte| is_plain(*byte) || *byte == b'-')
        && bytes.first().is_some_and(|first| is_plain(*first))
        && bytes.last().is_some_and(|last| is_plain(*last))
}

/// Refuses settings that are for custom domains only (*Documented* for routing), and a version of the pages that the plan
/// does not include (*Observed*, oau-0200).
fn check_settings(tier: Tier, domain: &Domain) -> Result<(), DomainFault> {
    if domain.settings.failover.is_some() && !domain.is_custom() {
        return Err(DomainFault::RoutingOfPrefix);
    }
    let is_managed = domain.login() == LoginVersion::Managed;
    if is_managed && Feature::ManagedLogin.minimum_tier() > tier {
        return Err(DomainFault::TierTooLow(tier));
    }
    Ok(())
}

/// Updates the settings of a domain of the pool. Its name and its kind cannot change.
pub fn update(pool: &PoolRecord, name: &DomainName, settings: DomainSettings) -> Verdict<Domain> {
    let Some(former) = pool.domains.find(name) else {
        return Verdict::refuse(Refusal::Domain(DomainFault::Unknown));
    };
    if settings.certificate.is_some() && !former.is_custom() {
        return Verdict::refuse(Refusal::Domain(DomainFault::CertificateOfPrefix));
    }
    let domain = Domain {
        settings: DomainSettings {
            login: settings.login.or(former.settings.login),
            certificate: settings.certificate.or_else(|| former.settings.certificate.clone()),
            failover: settings.failover.or_else(|| former.settings.failover.clone()),
        },
        ..former.clone()
    };
    if let Err(fault) = check_settings(pool.pool.tier, &domain) {
        return Verdict::refuse(Refusal::Domain(fault));
    }
    let mut record = pool.clone();
    *record.domains.place(domain.is_custom()) = Some(domain.clone());
    record.put().map(|_| domain)
}

/// Deletes a domain of the pool, after which any pool can have it.
pub fn delete(pool: &PoolRecord, name: &DomainName) -> Verdict<()> {
    let Some(domain) = pool.domains.find(name) else {
        return Verdict::refuse(Refusal::Domain(DomainFault::Unknown));
    };
    let mut record = pool.clone();
    *record.domains.place(domain.is_custom()) = None;
    let mut verdict = record.put().map(drop);
    verdict.remember.push(Change::ReleaseDomain(name.clone()));
    verdict
}

#[cfg(test)]
#[path = "domains_tests.rs"]
mod tests;
