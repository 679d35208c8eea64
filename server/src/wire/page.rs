//! Pagination: page sizes, and the token of the next page.
//!
//! A token is base64 of a keyed digest and the id of the last item of its page; the digest covers the id and the name
//! of the list. So a token stays valid after writes and restarts, is not stored, cannot be forged, and is refused by
//! other lists.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lido_domain::digest::DigestKeys;

/// The largest page size, and the default.
pub const MAX_PAGE_SIZE: usize = 60;

/// The bytes of the items beyond which a page has no further item.
///
/// *Chosen*: the page after it follows by its token, as after a page that is full. The service's own bound is not known.
/// Without one, users with attributes as large as the schema allows would make a page of many megabytes.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// The number of bytes of the digest in a token.
const DIGEST_BYTES: usize = 16;

/// The token was not issued by this server, or not for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPageToken;

/// A list that is returned page by page, and its tokens.
#[derive(Clone, Debug)]
pub struct Pages<'a> {
    keys: &'a DigestKeys,
    /// The name of the list: a token is valid for another request only if all of these are equal.
    list: Vec<&'a str>,
}

impl<'a> Pages<'a> {
    /// Creates the pages of the list with this name.
    pub fn of(keys: &'a DigestKeys, list: &[&'a str]) -> Self {
        Self { keys, list: list.to_vec() }
    }

    /// Returns the token of the page after the item `last`, which is not empty.
    ///
    /// *Chosen*: the item comes first. No UTF-8 begins with a byte that Base64 writes as a hyphen, and the AWS CLI takes a
    /// value that begins with one for an option.
    pub fn token(&self, last: &str) -> String {
        let digest = self.keys.digest(&self.parts(last));
        let suffix = digest.as_bytes().iter().take(DIGEST_BYTES);
        URL_SAFE_NO_PAD.encode(last.as_bytes().iter().chain(suffix).copied().collect::<Vec<_>>())
    }

    /// Returns the id of the last item of the previous page; `None` for the first page.
    ///
    /// # Errors
    /// `InvalidPageToken`.
    pub fn after(&self, token: Option<&str>) -> Result<Option<String>, InvalidPageToken> {
        let Some(token) = token else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| InvalidPageToken)?;
        let end = bytes.len().checked_sub(DIGEST_BYTES).ok_or(InvalidPageToken)?;
        let (last, suffix) = bytes.split_at_checked(end).ok_or(InvalidPageToken)?;
        let last = std::str::from_utf8(last).map_err(|_| InvalidPageToken)?;
        // Not compared in constant time: a token is not a secret and grants nothing; the digest only prevents wrong
        // pages.
        let is_valid =
            self.keys.digests(&self.parts(last)).iter().any(|digest| digest.as_bytes().starts_with(suffix));
        if is_valid { Ok(Some(last.to_owned())) } else { Err(InvalidPageToken) }
    }

    /// Returns the input of the digest.
    fn parts<'b>(&'b self, last: &'b str) -> Vec<&'b str> {
        ["page"].into_iter().chain(self.list.iter().copied()).chain([last]).collect()
    }
}

/// Returns the page size. *Chosen*: zero, which a few lists allow, means the default.
pub fn size(requested: Option<i32>) -> usize {
    requested
        .and_then(|requested| usize::try_from(requested).ok())
        .filter(|requested| *requested > 0)
        .unwrap_or(MAX_PAGE_SIZE)
        .min(MAX_PAGE_SIZE)
}

/// Truncates `items`, of which one more than `size` was read. Returns the page, and the id of its last item if more
/// follow.
pub fn cut<T>(mut items: Vec<T>, size: usize, id: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let has_more = items.len() > size;
    items.truncate(size);
    let last = items.last().filter(|_| has_more).map(id);
    (items, last)
}

/// Truncates `items` as [`cut`] does, and before the first item with which the page would be too large. The first item
/// is always on the page.
pub fn cut_by_bytes<T>(
    items: Vec<T>,
    size: usize,
    bytes: impl Fn(&T) -> usize,
    id: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let mut total = 0;
    let fitting = items.iter().take_while(|item| {
        total += bytes(item);
        total <= MAX_PAGE_BYTES
    });
    let fitting = fitting.count().max(1);
    cut(items, size.min(fitting), id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_of_another_list_is_refused() {
        let keys = DigestKeys::new([1; 32], []);
        let users = Pages::of(&keys, &["users", "us-east-1_a", "all"]);
        let token = users.token("ümlaut and blanks");
        assert_eq!(users.after(Some(&token)), Ok(Some("ümlaut and blanks".into())));
        assert_eq!(users.after(None), Ok(None));
        for other in [["users", "us-east-1_a", "some"], ["users", "us-east-1_b", "all"]] {
            assert_eq!(Pages::of(&keys, &other).after(Some(&token)), Err(InvalidPageToken));
        }
        for garbage in ["", "x", "%%%", "MSBwb29scw", "_____", &"A".repeat(10_000), &format!("{token}A")] {
            assert_eq!(users.after(Some(garbage)), Err(InvalidPageToken), "{garbage}");
        }
    }

    #[test]
    fn changed_token_is_refused_and_token_of_an_older_key_is_valid() {
        let (old, new) = (DigestKeys::new([1; 32], []), DigestKeys::new([2; 32], [[1; 32]]));
        let token = Pages::of(&old, &["pools"]).token("b");
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
        *bytes.first_mut().expect("an item") = b'c';
        let changed = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(Pages::of(&old, &["pools"]).after(Some(&changed)), Err(InvalidPageToken));
        assert_eq!(Pages::of(&new, &["pools"]).after(Some(&token)), Ok(Some("b".into())));
    }

    #[test]
    fn page_ends_before_it_is_too_large() {
        let id = |n: &usize| n.to_string();
        let page = |items: &[usize], size| cut_by_bytes(items.to_vec(), size, |bytes| *bytes, id);
        let half = MAX_PAGE_BYTES / 2;
        assert_eq!(page(&[half, half, 1], 10), (vec![half, half], Some(half.to_string())));
        assert_eq!(page(&[half, half], 10), (vec![half, half], None));
        assert_eq!(page(&[half, half, 1], 1), (vec![half], Some(half.to_string())));
        let huge = MAX_PAGE_BYTES + 1;
        assert_eq!(page(&[huge, 1], 10), (vec![huge], Some(huge.to_string())));
        assert_eq!(page(&[], 10), (vec![], None));
    }

    #[test]
    fn page_with_one_item_too_many_has_a_next_page() {
        let id = |n: &i32| n.to_string();
        assert_eq!(cut(vec![1, 2, 3], 2, id), (vec![1, 2], Some("2".into())));
        assert_eq!(cut(vec![1, 2], 2, id), (vec![1, 2], None));
        assert_eq!(cut(vec![], 2, id), (vec![], None));
        assert_eq!([None, Some(0), Some(1), Some(7), Some(600)].map(size), [60, 60, 1, 7, 60]);
    }
}
