//! The tags of a user pool. They have no effect, except in conditions of IAM policies.

use std::collections::BTreeMap;

use crate::refusal::{Refusal, TagFault};

/// The tags of a pool, by key.
pub type Tags = BTreeMap<String, String>;

/// The maximum number of tags of a pool (*Documented*, TagResource).
pub const MAX_TAGS: usize = 50;

/// Refuses too many tags, and keys that begin with the reserved prefix `aws:` in upper or lower case (*Documented* for
/// all AWS tags).
pub fn check_tags(tags: &Tags) -> Result<(), Refusal> {
    if let Some(key) = tags.keys().find(|key| is_reserved(key)) {
        return Err(Refusal::Tags(TagFault::Reserved(key.clone())));
    }
    if tags.len() > MAX_TAGS { Err(Refusal::Tags(TagFault::TooMany)) } else { Ok(()) }
}

fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("aws:"))
}

/// Returns `tags` with `added`. A tag whose key exists gets the new value.
///
/// # Errors
///
/// Those of [`check_tags`].
pub fn add_tags(tags: &Tags, added: Tags) -> Result<Tags, Refusal> {
    let mut all = tags.clone();
    all.extend(added);
    check_tags(&all)?;
    Ok(all)
}

/// Returns `tags` without those keys. A key that does not exist is ignored.
pub fn remove_tags<'a>(tags: &Tags, keys: impl IntoIterator<Item = &'a str>) -> Tags {
    let mut all = tags.clone();
    for key in keys {
        all.remove(key);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(keys: impl IntoIterator<Item = String>) -> Tags {
        keys.into_iter().map(|key| (key, "v".to_owned())).collect()
    }

    #[test]
    fn more_than_fifty_tags_and_reserved_keys_are_refused() {
        let fifty = tags((0..50).map(|n| format!("key{n:02}")));
        assert_eq!(check_tags(&fifty), Ok(()));
        assert_eq!(
            add_tags(&fifty, tags(["key00".into()])),
            Ok(fifty.clone()),
            "an existing key does not count twice"
        );
        assert_eq!(add_tags(&fifty, tags(["more".into()])), Err(Refusal::Tags(TagFault::TooMany)));
        for (key, reserved) in
            [("aws:x", true), ("AWS:x", true), ("aws:", true), ("aws", false), ("äaws:", false)]
        {
            let expected = reserved.then(|| Refusal::Tags(TagFault::Reserved(key.into())));
            assert_eq!(check_tags(&tags([key.into()])).err(), expected, "{key}");
        }
    }

    #[test]
    fn tags_are_added_replaced_and_removed() {
        let one = Tags::from([("a".into(), "1".into()), ("b".into(), "2".into())]);
        let added = add_tags(&one, Tags::from([("b".into(), "3".into())])).expect("few");
        assert_eq!(added.get("b").map(String::as_str), Some("3"));
        assert_eq!(remove_tags(&added, ["a", "nope"]), Tags::from([("b".into(), "3".into())]));
    }
}
