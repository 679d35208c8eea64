//! The operations on terms documents.

pub(super) mod create_terms;
pub(super) mod delete_terms;
pub(super) mod describe_terms;
pub(super) mod describe_terms_by_client;
pub(super) mod list_terms;
pub(super) mod update_terms;

use lido_domain::{
    branding::terms::{Terms, TermsName},
    flow::branding::terms::StoredTerms,
    id::ClientId,
};

use crate::{
    store::{ClientBranding, PoolRecord},
    wire::page::InvalidPageToken,
};

/// Returns what is stored as the rules of terms documents take it. `count` is the number of those of the pool.
pub(super) fn stored_terms<'a>(
    pool: &'a PoolRecord,
    branding: &'a ClientBranding,
    count: usize,
) -> StoredTerms<'a> {
    StoredTerms { pool, client: branding.client.as_ref(), terms: &branding.terms, count }
}

/// Returns the place of a document in the list.
pub(super) fn cursor(terms: &Terms) -> String {
    format!("{} {}", terms.client, terms.name.as_str())
}

/// Reads a place in the list.
///
/// # Errors
/// The text is no such place.
pub(super) fn read_cursor(cursor: &str) -> Result<(ClientId, TermsName), InvalidPageToken> {
    let (client, name) = cursor.split_once(' ').ok_or(InvalidPageToken)?;
    Ok((ClientId::new(client), TermsName::named(name).ok_or(InvalidPageToken)?))
}
