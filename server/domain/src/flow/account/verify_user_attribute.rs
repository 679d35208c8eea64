//! VerifyUserAttribute: verifies a contact by the code that was sent to it.
//!
//! Order: the attribute, attempts, code, then the uniqueness of names. *Chosen*, as for ConfirmSignUp: the alias is
//! checked after the code, so that only a caller with the right code learns that it is taken. That attempt counts, and
//! the code stays valid.
//!
//! The right code verifies the contact that it was sent to, and activates its alias. A value that waited for the code
//! replaces the old one (*Documented*, cog-0346).

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::ContactKind,
    code::{PendingCode, Purpose, check_code, destination::usable_code},
    flow::{
        LoadedUser,
        account::attribute_change::{self, AttributeChange},
        bearer::Bearer,
    },
    pool::alias::NameKey,
    user::{
        User,
        attempt::{AttemptKind, Attempts},
    },
};

const ACT: AttemptKind = AttemptKind::VerifyUserAttribute;

/// Returns the pending code if it was sent to the user's contact or to a value that waits for it. A code to a contact
/// that the user has replaced since is ignored.
fn usable<'a>(bearer: &Bearer<'_>, pending: Option<&'a PendingCode>) -> Option<&'a PendingCode> {
    let purpose = Purpose::verifying(pending?.contact.kind);
    usable_code(bearer.pool, bearer.user, purpose, pending)
}

/// Returns the change that the right code would make, if a code is pending. The server loads the holders of
/// [`AttributeChange::names_to_reserve`].
pub fn planned_change(
    bearer: &Bearer<'_>,
    found: &LoadedUser<'_>,
    now: Timestamp,
) -> Option<AttributeChange> {
    let pending = usable(bearer, found.code)?;
    Some(attribute_change::verify_contact(bearer.pool, bearer.user, &pending.contact, now))
}

/// Compares the code and verifies the contact.
///
/// `found` has the pending code for this kind of contact and the attempts, `changed` is [`planned_change`], and
/// `holders` are the users who hold the names in it.
pub fn verify(
    bearer: &Bearer<'_>,
    kind: ContactKind,
    typed: &str,
    found: &LoadedUser<'_>,
    changed: Option<&AttributeChange>,
    holders: &BTreeMap<NameKey, User>,
    now: Timestamp,
) -> Verdict<()> {
    let of = || bearer.user.sub.clone();
    let attempts = match Attempts::increment(found.attempts, ACT, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return beyond.refuse(&bearer.user.sub, ACT),
    };
    let (pool, purpose) = (&bearer.pool.id, Purpose::verifying(kind));
    let pending = usable(bearer, found.code);
    let checked = check_code(bearer.digest_keys, pool, &bearer.user.sub, purpose, pending, typed, now)
        .and_then(|()| changed.ok_or(Refusal::CodeExpired))
        .and_then(|changed| changed.check_names(bearer.pool, holders).map(|()| changed));
    match checked {
        Err(refusal) => Verdict {
            remember: vec![Change::PutAttempts { of: of(), act: ACT, attempts }],
            answer: Err(refusal),
        },
        Ok(changed) => {
            let mut remember = changed.changes();
            remember.push(Change::RemoveAttempts { of: of(), act: ACT });
            Verdict { remember, answer: Ok(()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::contact::Contact,
        code::{CONTACT_CODE_TTL, Code},
        fixture,
        pool::{Pool, alias::NameKind},
        user::attempt::WINDOW,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// The input of a verification: the code 111111 was sent to `to`.
    struct Scenario {
        pool: Pool,
        to: &'static str,
        typed: &'static str,
        attempts: Option<Attempts>,
        holder: Option<User>,
        now: Timestamp,
    }

    impl Scenario {
        fn new(pool: Pool) -> Self {
            Self { pool, to: "ann@example.com", typed: "111111", attempts: None, holder: None, now: NOW }
        }

        /// Returns a scenario in a pool that verifies before an update, with a new value that waits.
        fn waiting(mut pool: Pool) -> Self {
            pool.verified_before_update.insert(ContactKind::Email);
            Self { to: "new@example.com", ..Self::new(pool) }
        }

        fn decide(&self) -> Verdict<()> {
            let (keys, client, ann) = (fixture::keys(), fixture::client(), fixture::user("ann"));
            let (kind, code) = (ContactKind::Email, Code::from_text("111111"));
            let contact = Contact { kind, value: self.to.to_owned() };
            let purpose = Purpose::VerifyEmail;
            let pending = PendingCode::new(&keys, &self.pool.id, &ann.sub, purpose, &code, contact, NOW);
            let bearer = Bearer { pool: &self.pool, client: &client, user: &ann, digest_keys: &keys };
            let found = LoadedUser { code: Some(&pending), attempts: self.attempts.as_ref(), user: None };
            let changed = planned_change(&bearer, &found, self.now);
            let names = changed.iter().flat_map(|changed| changed.names_to_reserve().to_vec());
            let holders = names.zip(self.holder.clone()).collect();
            verify(&bearer, kind, self.typed, &found, changed.as_ref(), &holders, self.now)
        }
    }

    fn user_of(verdict: &Verdict<()>) -> &User {
        match verdict.remember.first() {
            Some(Change::PutUser(user)) => user,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn verify_with_right_code_verifies_the_contact() {
        let verdict = Scenario::new(fixture::pool()).decide();
        assert!(user_of(&verdict).attributes.is_verified(ContactKind::Email));
        let [_, Change::RemoveCode { purpose, .. }, Change::RemoveAttempts { act, .. }] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!((*purpose, *act), (Purpose::VerifyEmail, ACT));
        assert_eq!(verdict.answer, Ok(()));
    }

    /// cog-0346.
    #[test]
    fn verify_of_pending_value_replaces_the_old_one() {
        let verdict = Scenario::waiting(fixture::email_username_pool()).decide();
        let attributes = &user_of(&verdict).attributes;
        assert_eq!(attributes.get("email"), Some("new@example.com"));
        assert!(attributes.is_verified(ContactKind::Email));
        let [_, Change::RemoveName(lost), Change::PutName { name: gained, .. }, ..] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!((&*lost.text, &*gained.text), ("ann@example.com", "new@example.com"));
    }

    #[test]
    fn verify_activates_alias_unless_another_user_holds_it() {
        let verdict = Scenario::new(fixture::alias_pool()).decide();
        assert!(matches!(&verdict.remember[1], Change::PutName { name, .. } if name.kind == NameKind::Email));
        for (holder, refused) in [("ann", None), ("bob", Some(Refusal::AliasTaken(NameKind::Email)))] {
            let scenario =
                Scenario { holder: Some(fixture::user(holder)), ..Scenario::new(fixture::alias_pool()) };
            assert_eq!(scenario.decide().answer.err(), refused);
        }
    }

    /// cog-0338, cog-0347.
    #[test]
    fn verify_with_several_faults_refuses_the_first() {
        type Fault = fn(&mut Scenario);
        let faults: [(Fault, Refusal); 4] = [
            (
                |scenario| scenario.attempts = Some(Attempts { since: NOW, count: 15 }),
                Refusal::TooManyAttempts,
            ),
            (|scenario| scenario.to = "gone@example.com", Refusal::CodeExpired),
            (|scenario| scenario.typed = "222222", Refusal::CodeMismatch),
            (|scenario| scenario.holder = Some(fixture::user("bob")), Refusal::AliasTaken(NameKind::Email)),
        ];
        for first in 0..faults.len() {
            let mut scenario = Scenario::new(fixture::alias_pool());
            for (apply, _) in faults[first..].iter().rev() {
                apply(&mut scenario);
            }
            let verdict = scenario.decide();
            // Refused calls count up to the limit.
            let counted = matches!(verdict.remember.as_slice(), [Change::PutAttempts { act: ACT, .. }]);
            assert_eq!(counted, first > 0, "fault {first}: {:?}", verdict.remember);
            assert_eq!(verdict.answer, Err(faults[first].1.clone()), "fault {first}");
        }
        let late = NOW.after(CONTACT_CODE_TTL);
        let scenario = Scenario { now: late, ..Scenario::new(fixture::pool()) };
        assert_eq!(scenario.decide().answer, Err(Refusal::CodeExpired));
        let attempts = Some(Attempts { since: NOW, count: 15 });
        let scenario = Scenario { now: NOW.after(WINDOW), attempts, ..Scenario::new(fixture::pool()) };
        assert_eq!(scenario.decide().answer, Ok(()), "an hour later");
    }
}
