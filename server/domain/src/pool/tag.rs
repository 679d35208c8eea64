//! Tags: words that an operator hangs on a user pool. They decide nothing but what a policy makes of them.

use std::collections::BTreeMap;

use crate::refusal::{Refusal, TagFault};

/// The tags of a pool, by key.
pub type Tags = BTreeMap<String, String>;

/// How many tags a pool can have (*Documented*, TagResource).
pub const MOST_TAGS: usize = 50;

/// Refuses more tags than a pool holds, and keys that begin with `aws:` in any case: they are the service's own
/// (*Documented*, as for all AWS tags).
pub fn check_tags(tags: &Tags) -> Result<(), Refusal> {
    if let Some(key) = tags.keys().find(|key| is_reserved(key)) {
        return Err(Refusal::Tags(TagFault::Reserved(key.clone())));
    }
    if tags.len() > MOST_TAGS { Err(Refusal::Tags(TagFault::TooMany)) } else { Ok(()) }
}

fn is_reserved(key: &str) -> bool {
    key.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("aws:"))
}

/// `tags` with these added; one whose key is there takes the new value.
pub fn tagged(tags: &Tags, added: Tags) -> Result<Tags, Refusal> {
    let mut all = tags.clone();
    all.extend(added);
    check_tags(&all)?;
    Ok(all)
}

/// `tags` without these; a key that is not there is no fault.
pub fn untagged<'a>(tags: &Tags, keys: impl IntoIterator<Item = &'a str>) -> Tags {
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
    fn fifty_and_none_of_the_services_own() {
        let fifty = tags((0..50).map(|n| format!("key{n:02}")));
        assert_eq!(check_tags(&fifty), Ok(()));
        assert_eq!(
            tagged(&fifty, tags(["key00".into()])),
            Ok(fifty.clone()),
            "one that is there takes no room"
        );
        assert_eq!(tagged(&fifty, tags(["more".into()])), Err(Refusal::Tags(TagFault::TooMany)));
        for (key, reserved) in
            [("aws:x", true), ("AWS:x", true), ("aws:", true), ("aws", false), ("äaws:", false)]
        {
            let expected = reserved.then(|| Refusal::Tags(TagFault::Reserved(key.into())));
            assert_eq!(check_tags(&tags([key.into()])).err(), expected, "{key}");
        }
    }

    #[test]
    fn adding_and_taking_away() {
        let one = Tags::from([("a".into(), "1".into()), ("b".into(), "2".into())]);
        let added = tagged(&one, Tags::from([("b".into(), "3".into())])).expect("few");
        assert_eq!(added.get("b").map(String::as_str), Some("3"));
        assert_eq!(untagged(&added, ["a", "nope"]), Tags::from([("b".into(), "3".into())]));
    }
}
