//! VerifyUserAttribute: the code that went to a contact comes back.
//!
//! Order: the attribute, attempts, code, then the names that others hold. *Chosen*, as for a confirmation: the alias is
//! checked after the code, so that only somebody with the right code learns that it is taken; the refused attempt counts
//! and the code stays good.
//!
//! A right code verifies what it was sent to, and with it activates the alias. A value that waited for it takes the place
//! of the old one (*Documented*, cog-0346).

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::ContactKind,
    code::{PendingCode, Purpose, check_code},
    flow::{
        Found,
        account::attribute_change::{self, Changed},
        bearer::Bearer,
    },
    pool::alias::NameKey,
    user::{
        User,
        attempt::{Act, Attempts},
    },
};

const ACT: Act = Act::VerifyUserAttribute;

/// The code that can still verify something: it went to the contact that the user has, or to one that waits for it.
///
/// One to a contact that the user has given up since means nothing any more.
fn live<'a>(bearer: &Bearer<'_>, pending: Option<&'a PendingCode>) -> Option<&'a PendingCode> {
    pending.filter(|pending| {
        let kind = pending.contact.kind;
        let is_own = bearer.user.attributes.contact(kind).as_ref() == Some(&pending.contact);
        is_own || bearer.pool.verifies_before_update(kind)
    })
}

/// What a right code would change, if there is one: the caller reads who holds [`Changed::names_wanted`].
pub fn wanted(bearer: &Bearer<'_>, found: &Found<'_>, now: Timestamp) -> Option<Changed> {
    let pending = live(bearer, found.code)?;
    Some(attribute_change::verified(bearer.pool, bearer.user, &pending.contact, now))
}

/// Compares the code and decides. `found` has the pending code for this kind of contact and the attempts; `changed` is
/// [`wanted`], and `holders` are those who hold the names in it.
pub fn verify(
    bearer: &Bearer<'_>,
    kind: ContactKind,
    typed: &str,
    found: &Found<'_>,
    changed: Option<&Changed>,
    holders: &BTreeMap<NameKey, User>,
    now: Timestamp,
) -> Verdict<()> {
    let of = || bearer.user.sub.clone();
    let attempts = match Attempts::one_more(found.attempts, ACT, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return beyond.refuse(&bearer.user.sub, ACT),
    };
    let (pool, purpose) = (&bearer.pool.id, Purpose::verifying(kind));
    let pending = live(bearer, found.code);
    let checked = check_code(bearer.digest_keys, pool, &bearer.user.sub, purpose, pending, typed, now)
        .and_then(|()| changed.ok_or(Refusal::CodeExpired))
        .and_then(|changed| changed.check_names(holders).map(|()| changed));
    match checked {
        Err(refusal) => Verdict {
            remember: vec![Change::PutAttempts { of: of(), act: ACT, attempts }],
            answer: Err(refusal),
        },
        Ok(changed) => {
            let mut remember = changed.records();
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
        code::{CODE_TTL, Code},
        fixture,
        pool::{Pool, alias::NameKind},
        user::attempt::WINDOW,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// What is decided about ann, who was sent the code 111111 to `to`.
    struct Scene {
        pool: Pool,
        to: &'static str,
        typed: &'static str,
        attempts: Option<Attempts>,
        holder: Option<User>,
        now: Timestamp,
    }

    impl Scene {
        fn new(pool: Pool) -> Self {
            Self { pool, to: "ann@example.com", typed: "111111", attempts: None, holder: None, now: NOW }
        }

        /// The same, where addresses are verified before they change, and ann's new one waits.
        fn waiting(mut pool: Pool) -> Self {
            pool.verified_before_update.insert(ContactKind::Email);
            Self { to: "new@example.com", ..Self::new(pool) }
        }

        fn decide(&self) -> Verdict<()> {
            let (keys, client, ann) = (fixture::keys(), fixture::client(), fixture::user("ann"));
            let (kind, code) = (ContactKind::Email, Code::fixed("111111"));
            let contact = Contact { kind, value: self.to.to_owned() };
            let purpose = Purpose::VerifyEmail;
            let pending = PendingCode::new(&keys, &self.pool.id, &ann.sub, purpose, &code, contact, NOW);
            let bearer = Bearer { pool: &self.pool, client: &client, user: &ann, digest_keys: &keys };
            let found = Found { code: Some(&pending), attempts: self.attempts.as_ref(), user: None };
            let changed = wanted(&bearer, &found, self.now);
            let names = changed.iter().flat_map(|changed| changed.names_wanted().to_vec());
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
    fn a_right_code_verifies_what_it_was_sent_to() {
        let verdict = Scene::new(fixture::pool()).decide();
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
    fn a_value_that_waited_takes_the_place_of_the_old_one() {
        let verdict = Scene::waiting(fixture::email_username_pool()).decide();
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
    fn an_alias_is_activated_unless_somebody_else_has_it() {
        let verdict = Scene::new(fixture::alias_pool()).decide();
        assert!(matches!(&verdict.remember[1], Change::PutName { name, .. } if name.kind == NameKind::Email));
        for (holder, refused) in [("ann", None), ("bob", Some(Refusal::AliasTaken(NameKind::Email)))] {
            let scene = Scene { holder: Some(fixture::user(holder)), ..Scene::new(fixture::alias_pool()) };
            assert_eq!(scene.decide().answer.err(), refused);
        }
    }

    /// cog-0338, cog-0347.
    #[test]
    fn the_order_of_checks() {
        type Spoil = fn(&mut Scene);
        let faults: [(Spoil, Refusal); 4] = [
            (|scene| scene.attempts = Some(Attempts { since: NOW, count: 15 }), Refusal::TooManyAttempts),
            (|scene| scene.to = "gone@example.com", Refusal::CodeExpired),
            (|scene| scene.typed = "222222", Refusal::CodeMismatch),
            (|scene| scene.holder = Some(fixture::user("bob")), Refusal::AliasTaken(NameKind::Email)),
        ];
        for first in 0..faults.len() {
            let mut scene = Scene::new(fixture::alias_pool());
            for (spoil, _) in faults[first..].iter().rev() {
                spoil(&mut scene);
            }
            let verdict = scene.decide();
            // What is refused counts, up to the limit.
            let counted = matches!(verdict.remember.as_slice(), [Change::PutAttempts { act: ACT, .. }]);
            assert_eq!(counted, first > 0, "fault {first}: {:?}", verdict.remember);
            assert_eq!(verdict.answer, Err(faults[first].1.clone()), "fault {first}");
        }
        let late = NOW.after(CODE_TTL);
        let scene = Scene { now: late, ..Scene::new(fixture::pool()) };
        assert_eq!(scene.decide().answer, Err(Refusal::CodeExpired));
        let attempts = Some(Attempts { since: NOW, count: 15 });
        let scene = Scene { now: NOW.after(WINDOW), attempts, ..Scene::new(fixture::pool()) };
        assert_eq!(scene.decide().answer, Ok(()), "an hour later");
    }
}
