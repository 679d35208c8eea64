//! DeleteUser and AdminDeleteUser.
//!
//! Order: user, then the removal of the user's record, names, codes and counters. Without the user no token is valid.
//! Sessions are stored under digests that cannot be derived from the user. They stay until they
//! expire within minutes, but no longer lead to a user.

use crate::{
    Change, Refusal, Verdict,
    pool::{Pool, alias},
    user::User,
};

/// Deletes the user with all their records.
pub fn delete(pool: &Pool, user: Option<&User>) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::RemoveUser(of()),
        Change::RemoveCodes(of()),
        Change::RemoveAllAttempts(of()),
        Change::RemoveFailures(of()),
    ];
    let names = alias::held_names(pool, &user.username, &user.attributes);
    remember.extend(names.into_iter().map(Change::RemoveName));
    Verdict { remember, answer: Ok(()) }
}

/// Deletes these users with all their records, and answers their number.
pub fn delete_all(pool: &Pool, users: &[User]) -> Verdict<usize> {
    let deleted = users.iter().flat_map(|user| delete(pool, Some(user)).remember);
    Verdict { remember: deleted.collect(), answer: Ok(users.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::contact::ContactKind, fixture, pool::alias::NameKind};

    #[test]
    fn delete_user_removes_every_name() {
        let pool = fixture::alias_pool();
        assert_eq!(delete(&pool, None).answer, Err(Refusal::UserNotFound));
        let mut ann = fixture::user("ann");
        ann.attributes.set_verified(ContactKind::Email, true);
        let verdict = delete(&pool, Some(&ann));
        let [Change::RemoveUser(sub), .., Change::RemoveName(username), Change::RemoveName(alias)] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!(*sub, ann.sub);
        assert_eq!([username.kind, alias.kind], [NameKind::Username, NameKind::Email]);
    }
}
