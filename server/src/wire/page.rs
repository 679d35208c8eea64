//! Where a list goes on: the token of the next page.
//!
//! A token is the id of the last item of the page before with a keyed digest over it and over what was listed, in
//! base64. So it outlives writes and restarts, costs nothing to keep, cannot be made up, and a token of one list is
//! refused by another.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lido_domain::digest::DigestKeys;

/// The largest page, and the one that is given when none was asked for.
pub const LARGEST: usize = 60;

/// How much of the digest a token carries.
const DIGEST_BYTES: usize = 16;

/// A token that was not made here, or not for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadToken;

/// A list that is given page by page, and its tokens.
#[derive(Clone, Debug)]
pub struct Pages<'a> {
    keys: &'a DigestKeys,
    /// What is listed: every word that must be the same for a token to lead on.
    list: Vec<&'a str>,
}

impl<'a> Pages<'a> {
    /// The pages of the list that these words name.
    pub fn of(keys: &'a DigestKeys, list: &[&'a str]) -> Self {
        Self { keys, list: list.to_vec() }
    }

    /// The token of what comes after `last`.
    pub fn token(&self, last: &str) -> String {
        let digest = self.keys.digest(&self.parts(last));
        let short = digest.as_bytes().iter().take(DIGEST_BYTES);
        URL_SAFE_NO_PAD.encode(short.chain(last.as_bytes()).copied().collect::<Vec<_>>())
    }

    /// The id after which the list goes on; nothing, at its beginning.
    pub fn after(&self, token: Option<&str>) -> Result<Option<String>, BadToken> {
        let Some(token) = token else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken)?;
        let (short, last) = bytes.split_at_checked(DIGEST_BYTES).ok_or(BadToken)?;
        let last = std::str::from_utf8(last).map_err(|_| BadToken)?;
        // Compared as it comes: a token is no secret and grants nothing, it only must not lead astray.
        let made_here =
            self.keys.digests(&self.parts(last)).iter().any(|made| made.as_bytes().starts_with(short));
        if made_here { Ok(Some(last.to_owned())) } else { Err(BadToken) }
    }

    fn parts<'b>(&'b self, last: &'b str) -> Vec<&'b str> {
        ["page"].into_iter().chain(self.list.iter().copied()).chain([last]).collect()
    }
}

/// The page size that was asked for. *Chosen*: zero, which a few lists allow, asks for nothing in particular.
pub fn size(asked: Option<i32>) -> usize {
    asked
        .and_then(|asked| usize::try_from(asked).ok())
        .filter(|asked| *asked > 0)
        .unwrap_or(LARGEST)
        .min(LARGEST)
}

/// The first `size` of `items`, of which one more was read, and the last of them if there are more.
pub fn cut<T>(mut items: Vec<T>, size: usize, id: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = items.len() > size;
    items.truncate(size);
    let last = items.last().filter(|_| more).map(id);
    (items, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_on_in_its_own_list_only() {
        let keys = DigestKeys::new([1; 32], []);
        let users = Pages::of(&keys, &["users", "us-east-1_a", "all"]);
        let made = users.token("ümlaut and blanks");
        assert_eq!(users.after(Some(&made)), Ok(Some("ümlaut and blanks".into())));
        assert_eq!(users.after(None), Ok(None));
        for other in [["users", "us-east-1_a", "some"], ["users", "us-east-1_b", "all"]] {
            assert_eq!(Pages::of(&keys, &other).after(Some(&made)), Err(BadToken));
        }
        for garbage in ["", "x", "%%%", "MSBwb29scw", "_____", &"A".repeat(10_000), &format!("{made}A")] {
            assert_eq!(users.after(Some(garbage)), Err(BadToken), "{garbage}");
        }
    }

    #[test]
    fn a_changed_token_is_refused_and_an_older_key_still_reads() {
        let (old, new) = (DigestKeys::new([1; 32], []), DigestKeys::new([2; 32], [[1; 32]]));
        let made = Pages::of(&old, &["pools"]).token("b");
        let mut bytes = URL_SAFE_NO_PAD.decode(&made).expect("base64");
        *bytes.last_mut().expect("an id") = b'c';
        let changed = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(Pages::of(&old, &["pools"]).after(Some(&changed)), Err(BadToken));
        assert_eq!(Pages::of(&new, &["pools"]).after(Some(&made)), Ok(Some("b".into())));
    }

    #[test]
    fn one_more_than_the_page_means_another_page() {
        let id = |n: &i32| n.to_string();
        assert_eq!(cut(vec![1, 2, 3], 2, id), (vec![1, 2], Some("2".into())));
        assert_eq!(cut(vec![1, 2], 2, id), (vec![1, 2], None));
        assert_eq!(cut(vec![], 2, id), (vec![], None));
        assert_eq!([None, Some(0), Some(1), Some(7), Some(600)].map(size), [60, 60, 1, 7, 60]);
    }
}
