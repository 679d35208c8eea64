//! Ids and search texts as the database keeps them: as bytes, and never longer than an index takes.
//!
//! Bytes, because they sort the same everywhere, whatever the collation of the database and the C library under it, and
//! because a text of the caller may contain a NUL, which no column of type `text` takes. `SET bytea_output = 'escape'` shows
//! them as text. An entry of a B-tree has at most 2,704 bytes, and names and attributes may be longer.

use lido_domain::id::PoolId;
use sha2::{Digest as _, Sha256};

/// The longest id that is kept as it is. With the pool and the rest of its key it fits in an entry of the index.
const MAX_ID: usize = 1024;

/// The bytes of a longer id that are kept, before its digest.
const ID_START: usize = MAX_ID - 64;

/// The bytes of a search text that are in the index.
const MAX_TEXT: usize = 512;

/// A byte that occurs in no text, and sorts after all that do.
const END: u8 = 0xff;

/// Returns the id of a record as it is stored: itself, or its start and its digest. A byte that no text contains parts them,
/// so that no other id is stored alike.
pub(super) fn stored_id(id: &str) -> Vec<u8> {
    let bytes = id.as_bytes();
    match bytes.get(..ID_START) {
        Some(start) if bytes.len() > MAX_ID => {
            let mut stored = start.to_vec();
            stored.push(END);
            stored.extend_from_slice(&Sha256::digest(bytes));
            stored
        }
        _ => bytes.to_vec(),
    }
}

/// Returns the id of a pool as it is stored.
pub(super) fn stored_pool(pool: &PoolId) -> Vec<u8> {
    pool.as_str().as_bytes().to_vec()
}

/// Returns bytes that sort after every id that starts with `prefix`, and before all others that sort after it.
pub(super) fn end_of_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    end.push(END);
    end
}

/// Returns the entry of the search index for a text of a field. Texts that differ after the part that is indexed have the
/// same entry: a search may find too many users.
pub(super) fn term(field: &str, text: &str) -> Vec<u8> {
    let mut term = field.as_bytes().to_vec();
    term.push(0);
    term.extend_from_slice(text.as_bytes().get(..MAX_TEXT).unwrap_or(text.as_bytes()));
    term
}

/// Returns the range of entries whose texts start with `text`: from the first one, up to before the second.
pub(super) fn prefix_range(field: &str, text: &str) -> (Vec<u8>, Vec<u8>) {
    let from = term(field, text);
    let mut to = from.clone();
    to.push(END);
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_are_bounded_and_distinct() {
        let long = "é".repeat(MAX_ID);
        let longer = format!("{long}x");
        for id in ["", "short", &"a".repeat(MAX_ID)] {
            assert_eq!(stored_id(id), id.as_bytes());
        }
        for id in [&long, &longer] {
            assert!(stored_id(id).len() <= MAX_ID);
            assert!(stored_id(id).starts_with("é".repeat(100).as_bytes()));
        }
        assert_ne!(stored_id(&long), stored_id(&longer));
    }

    #[test]
    fn prefix_range_contains_its_matches_only() {
        let contains = |(from, to): &(Vec<u8>, Vec<u8>), term: &Vec<u8>| from <= term && term < to;
        let prefix = prefix_range("name", "an");
        for (text, expected) in
            [("an", true), ("anna", true), ("an\u{10ffff}", true), ("ao", false), ("a", false)]
        {
            assert_eq!(contains(&prefix, &term("name", text)), expected, "{text}");
        }
        assert!(!contains(&prefix_range("nam", ""), &term("name", "")));
        // Texts that are longer than the index are found by what is in it.
        let long = "x".repeat(MAX_TEXT + 9);
        assert!(contains(&prefix_range("name", &long), &term("name", &long)));
    }
}
