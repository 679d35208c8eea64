//! DeleteUser and AdminDeleteUser: a user goes, whoever asks.
//!
//! Order: user, then everything of theirs goes: the record, the names, and what lies beside; tokens that stem from a
//! grant are no longer good. Sessions lie under digests that nobody can work out from the user; they lead to nobody
//! from then on and die within minutes by themselves.

use crate::{
    Change, Refusal, Verdict,
    pool::{Pool, alias},
    user::User,
};

/// Decides.
pub fn delete(pool: &Pool, user: Option<&User>) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::RemoveUser(of()),
        Change::RemoveCodes(of()),
        Change::RemoveAllAttempts(of()),
        Change::RemoveFailures(of()),
        Change::RemoveGrants(of()),
        Change::RemoveDevices(of()),
    ];
    let names = alias::names_held(pool, &user.username, &user.attributes);
    remember.extend(names.into_iter().map(Change::RemoveName));
    Verdict { remember, answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::contact::ContactKind, fixture, pool::alias::NameKind};

    #[test]
    fn the_user_goes_with_every_name() {
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
