//! Whether another user holds a name. The names themselves are in [`crate::pool::alias`].

use std::collections::BTreeMap;

use crate::{
    id::Sub,
    pool::{
        Pool,
        alias::{NameKey, namesake},
    },
    user::User,
};

/// Returns whether another user than `owner` holds the name or its namesake (*Chosen* for the namesake: the service's
/// answer is unknown; the name would lead to two users).
pub fn is_taken(pool: &Pool, name: &NameKey, holders: &BTreeMap<NameKey, User>, owner: &Sub) -> bool {
    let is_held = |name: &NameKey| holders.get(name).is_some_and(|holder| holder.sub != *owner);
    is_held(name) || namesake(pool, name).is_some_and(|name| is_held(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture,
        pool::alias::{NameKind, with_namesakes},
    };

    #[test]
    fn name_is_taken_by_its_namesake_of_another_user() {
        use NameKind::{Email, PreferredUsername, Username};
        let (ann, bob) = (fixture::user("ann"), fixture::user("bob"));
        let cases = [
            (fixture::alias_pool(), Username, PreferredUsername, true),
            (fixture::alias_pool(), PreferredUsername, Username, true),
            (fixture::alias_pool(), Username, Username, true),
            (fixture::alias_pool(), Email, PreferredUsername, false),
            // Without the alias a preferred username is no name.
            (fixture::pool(), Username, PreferredUsername, false),
        ];
        for (pool, wanted, held, expected) in cases {
            let name = NameKey::new(&pool, wanted, "same");
            let holders = [(NameKey::new(&pool, held, "same"), ann.clone())].into();
            assert_eq!(is_taken(&pool, &name, &holders, &bob.sub), expected, "{wanted:?} {held:?}");
            assert!(!is_taken(&pool, &name, &holders, &ann.sub), "one's own name");
            let names = with_namesakes(&pool, vec![name]);
            let has_namesake = pool.is_alias(PreferredUsername) && wanted != Email;
            assert_eq!(names.len(), if has_namesake { 2 } else { 1 }, "{names:?}");
        }
    }
}
