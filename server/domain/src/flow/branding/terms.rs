//! The operations on terms documents.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Timestamp,
    branding::terms::{MAX_TERMS, Terms, TermsName},
    id::{ClientId, TermsId},
    record::{ClientRecord, PoolRecord},
    refusal::{BrandingFault, Refusal},
    verdict::{Change, Verdict},
};

/// The longest shown beginning of a link that is refused.
const MAX_SHOWN: usize = 100;

/// What is stored about a terms document of an app client.
#[derive(Clone, Copy, Debug)]
pub struct StoredTerms<'a> {
    /// The pool.
    pub pool: &'a PoolRecord,
    /// The app client.
    pub client: Option<&'a Arc<ClientRecord>>,
    /// The terms documents of the app client.
    pub terms: &'a [Terms],
    /// The number of terms documents of the pool.
    pub count: usize,
}

/// What UpdateTerms may change. What is absent stays (inferred, api-0267).
#[derive(Clone, Debug, Default)]
pub struct TermsUpdate {
    /// `TermsName`.
    pub name: Option<TermsName>,
    /// `Links`.
    pub links: Option<BTreeMap<String, String>>,
}

/// Creates a terms document: at most one of a name for an app client (*Documented*, api-0263), and a limited number in
/// a pool.
///
/// *Chosen*: the order of the checks: the links, the app client, the name, the limit. Pool and app client are stored
/// too, unchanged: so a creation at the same time, or a deletion of the app client, causes a conflict. Links are
/// required, though the model has them as optional, because every answer has some.
pub fn create(
    stored: StoredTerms<'_>,
    client_id: &ClientId,
    id: TermsId,
    name: TermsName,
    links: BTreeMap<String, String>,
    now: Timestamp,
) -> Verdict<Terms> {
    let client = match check_new(stored, client_id, name, &links) {
        Ok(client) => client,
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let terms = Terms { id, client: client_id.clone(), name, links, created_at: now, modified_at: now };
    let mut remember = vec![Change::PutTerms(Box::new(terms.clone())), Change::PutClient(Arc::clone(client))];
    remember.extend(stored.pool.clone().put().remember);
    Verdict { remember, answer: Ok(terms) }
}

fn check_new<'a>(
    stored: StoredTerms<'a>,
    client_id: &ClientId,
    name: TermsName,
    links: &BTreeMap<String, String>,
) -> Result<&'a Arc<ClientRecord>, Refusal> {
    if links.is_empty() {
        return Err(BrandingFault::TermsWithoutLinks.into());
    }
    check_links(links)?;
    let client = stored.client.ok_or_else(|| Refusal::UnknownClient(client_id.clone()))?;
    if stored.terms.iter().any(|terms| terms.name == name) {
        return Err(BrandingFault::TermsExist(name, client_id.clone()).into());
    }
    if stored.count >= MAX_TERMS { Err(BrandingFault::TooManyTerms.into()) } else { Ok(client) }
}

/// Updates a terms document. `terms` are those of its app client.
pub fn update(id: &TermsId, terms: &[Terms], update: TermsUpdate, now: Timestamp) -> Verdict<Terms> {
    if let Err(refusal) = update.links.as_ref().map_or(Ok(()), check_links) {
        return Verdict::refuse(refusal);
    }
    let Some(former) = find(id, terms) else {
        return Verdict::refuse(BrandingFault::UnknownTerms.into());
    };
    let name = update.name.unwrap_or(former.name);
    if terms.iter().any(|other| other.id != former.id && other.name == name) {
        return Verdict::refuse(BrandingFault::TermsExist(name, former.client.clone()).into());
    }
    let mut remember = Vec::new();
    if name != former.name {
        remember.push(Change::ReleaseTermsName { of: former.client.clone(), name: former.name });
    }
    let links = update.links.unwrap_or_else(|| former.links.clone());
    let terms = Terms { name, links, modified_at: now, ..former.clone() };
    remember.push(Change::PutTerms(Box::new(terms.clone())));
    Verdict { remember, answer: Ok(terms) }
}

/// Deletes a terms document. `terms` are those of its app client.
pub fn delete(id: &TermsId, terms: &[Terms]) -> Verdict<()> {
    match find(id, terms) {
        Some(terms) => Verdict { remember: vec![terms.removal()], answer: Ok(()) },
        None => Verdict::refuse(BrandingFault::UnknownTerms.into()),
    }
}

/// Returns a terms document that must exist. `terms` are those of its app client.
///
/// # Errors
/// It does not exist.
pub fn get<'a>(id: &TermsId, terms: &'a [Terms]) -> Result<&'a Terms, Refusal> {
    find(id, terms).ok_or_else(|| BrandingFault::UnknownTerms.into())
}

/// Returns the terms document that an app client must have.
///
/// # Errors
/// The app client does not exist, or has no document with this name.
pub fn get_of_client<'a>(
    stored: StoredTerms<'a>,
    client_id: &ClientId,
    name: TermsName,
) -> Result<&'a Terms, Refusal> {
    stored.client.ok_or_else(|| Refusal::UnknownClient(client_id.clone()))?;
    let found = stored.terms.iter().find(|terms| terms.name == name);
    found.ok_or_else(|| BrandingFault::UnknownTermsOfClient(name, client_id.clone()).into())
}

fn find<'a>(id: &TermsId, terms: &'a [Terms]) -> Option<&'a Terms> {
    terms.iter().find(|terms| terms.id == *id)
}

/// Refuses a link that a browser would not open as a web page.
///
/// *Chosen*: the service's own rule is not known beyond the pattern of the model, which a script in an address
/// matches.
fn check_links(links: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let is_web = |url: &str| {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_alphanumeric() || first == '['))
    };
    match links.values().find(|url| !is_web(url)) {
        Some(url) => Err(BrandingFault::TermsLink(url.chars().take(MAX_SHOWN).collect()).into()),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
