//! Where a list goes on: the token of the next page.
//!
//! A token is the id of the last item of the page before, with what was listed, in base64. So it outlives writes and
//! restarts, costs nothing to keep, and a token of one list is refused by another. It is no secret and grants nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The largest page, and the one that is given when none was asked for.
pub const LARGEST: usize = 60;

/// A token that was not made here, or not for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadToken;

/// The token of what comes after `last` in `list`.
pub fn token(list: &str, last: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("1 {list} {last}"))
}

/// The id after which `list` goes on.
pub fn after(list: &str, token: Option<&str>) -> Result<Option<String>, BadToken> {
    let Some(token) = token else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken)?;
    let text = String::from_utf8(bytes).map_err(|_| BadToken)?;
    let mut parts = text.splitn(3, ' ');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("1"), Some(of), Some(last)) if of == list => Ok(Some(last.to_owned())),
        _ => Err(BadToken),
    }
}

/// The page size that was asked for.
pub fn size(asked: Option<i32>) -> usize {
    asked.and_then(|asked| usize::try_from(asked).ok()).unwrap_or(LARGEST).clamp(1, LARGEST)
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
        let made = token("pools", "us-east-1_a b");
        assert_eq!(after("pools", Some(&made)), Ok(Some("us-east-1_a b".into())));
        assert_eq!(after("clients", Some(&made)), Err(BadToken));
        assert_eq!(after("pools", None), Ok(None));
        for garbage in ["", "x", "%%%", "MSBwb29scw", "_____", &"A".repeat(10_000)] {
            assert_eq!(after("pools", Some(garbage)), Err(BadToken), "{garbage}");
        }
    }

    #[test]
    fn one_more_than_the_page_means_another_page() {
        let id = |n: &i32| n.to_string();
        assert_eq!(cut(vec![1, 2, 3], 2, id), (vec![1, 2], Some("2".into())));
        assert_eq!(cut(vec![1, 2], 2, id), (vec![1, 2], None));
        assert_eq!(cut(vec![], 2, id), (vec![], None));
        assert_eq!([None, Some(0), Some(7), Some(600)].map(size), [60, 1, 7, 60]);
    }
}
