//! A user of another directory, who is taken over when they first sign in or have forgotten their password.
//!
//! UserMigration says who it is; [`admit`] reads that as AdminCreateUser reads an administrator's word, and [`create`]
//! makes the user in one commit. What differs: the password is the one that was typed, whatever the pool's policy asks
//! (*Documented*), it is nobody's to send, and the user is confirmed or must set another.

use std::collections::{BTreeMap, BTreeSet};

use super::admin_create_user::{self, invitation, invitations};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        Attributes, Given,
        contact::{Contact, ContactKind},
    },
    flow::sign_up::{take_aliases, taken_name},
    id::{Sub, Username},
    pool::{
        Pool,
        alias::{self, NameKey, NameKind},
        mfa::MfaFactor,
    },
    secret::{Sealed, Secret},
    user::{Status, User},
};

/// What the welcome message says in place of the password. *Chosen*: the service's text has a place for one, and a
/// password that somebody goes on using is not written into a mail.
const NOT_TOLD: &str = "********";

/// What UserMigration says of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrating {
    /// userAttributes; never empty.
    pub attributes: Vec<Given>,
    /// finalUserStatus, if it says one.
    pub status: Option<FinalStatus>,
    /// messageAction is SUPPRESS.
    pub suppress: bool,
    /// desiredDeliveryMediums, if it says any.
    pub media: Option<BTreeSet<ContactKind>>,
    /// forceAliasCreation.
    pub force_alias: bool,
    /// enableSMSMFA.
    pub sms_mfa: bool,
}

/// A value of finalUserStatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalStatus {
    /// The password is good from now on.
    Confirmed,
    /// Another must be set.
    ResetRequired,
}

/// A user who may be taken over, whoever else exists.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The sub that the user will have.
    pub sub: Sub,
    /// The username that the user will have: the sub's text in a username-attribute pool.
    pub username: Username,
    attributes: Attributes,
    to: Vec<Contact>,
}

/// The first half: may whoever typed this name become a user?
pub fn admit(pool: &Pool, typed: &str, migrating: &Migrating, new_sub: Sub) -> Result<Admitted, Refusal> {
    let (contact_typed, attributes) = admin_create_user::profile(pool, typed, &migrating.attributes)?;
    // *Documented*: whoever is to show a second factor by SMS must have a number.
    if migrating.sms_mfa && attributes.contact(ContactKind::PhoneNumber).is_none() {
        return Err(Refusal::NoContact);
    }
    let to = match migrating.suppress {
        true => Vec::new(),
        false => invitation(migrating.media.as_ref(), &attributes)?,
    };
    let username = match contact_typed {
        Some(_) => Username::new(new_sub.as_str()),
        None => Username::new(typed),
    };
    Ok(Admitted { sub: new_sub, username, attributes, to })
}

/// The names that the user would hold. The caller reads who holds each of them, and commits on the condition that it
/// stays so.
pub fn names_wanted(pool: &Pool, admitted: &Admitted) -> Vec<NameKey> {
    alias::names_held(pool, &admitted.username, &admitted.attributes)
}

/// The second half. `credential` is the sealed verifier of the password that was typed; there is none where it was
/// forgotten, and then the user must set one (*Chosen*, where the function says nothing of it).
pub fn create(
    pool: &Pool,
    migrating: &Migrating,
    admitted: &Admitted,
    holders: &BTreeMap<NameKey, User>,
    credential: Option<Sealed>,
    now: Timestamp,
) -> Verdict<()> {
    let own = alias::names_from_the_start(pool, &admitted.username, &admitted.attributes);
    if let Some(taken) = taken_name(pool, &own, holders) {
        return Verdict::refuse(Refusal::NameTaken(taken));
    }
    let mut aliases = names_wanted(pool, admitted);
    aliases.retain(|name| !own.contains(name));
    // forceAliasCreation moves an address or a number (*Documented*), and without it the user stays where they are.
    let may_move = |name: &NameKey| migrating.force_alias && name.kind != NameKind::PreferredUsername;
    if let Some(taken) = aliases.iter().find(|name| holders.contains_key(name) && !may_move(name)) {
        return Verdict::refuse(Refusal::AliasTaken(taken.kind));
    }
    let status = match (migrating.status, &credential) {
        (Some(FinalStatus::Confirmed), _) | (None, Some(_)) => Status::Confirmed,
        (Some(FinalStatus::ResetRequired), _) | (None, None) => Status::ResetRequired,
    };
    let (sub, attributes) = (admitted.sub.clone(), admitted.attributes.clone());
    let mut user = User { credential, ..User::new(sub, admitted.username.clone(), status, attributes, now) };
    if migrating.sms_mfa {
        user.mfa.turn_on(MfaFactor::Sms);
    }
    let mut remember = vec![Change::PutUser(Box::new(user.clone()))];
    remember.extend(own.into_iter().map(|name| Change::PutName { name, owner: user.sub.clone() }));
    remember.extend(take_aliases(aliases, holders, &user.sub, now));
    remember.extend(invitations(&user, &admitted.to, Some(&Secret::new(NOT_TOLD))));
    Verdict { remember, answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::SignInNames};

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn migrating(attributes: &[(&str, &str)]) -> Migrating {
        let given =
            |(name, value): &(&str, &str)| Given { name: (*name).into(), value: Some((*value).into()) };
        Migrating { attributes: attributes.iter().map(given).collect(), ..Migrating::default() }
    }

    fn made(verdict: &Verdict<()>) -> &User {
        match verdict.remember.as_slice() {
            [Change::PutUser(user), ..] => user,
            other => panic!("{other:?}"),
        }
    }

    fn sub() -> Sub {
        Sub::new("new-sub")
    }

    /// cog-0199.
    #[test]
    fn the_status_is_as_the_function_says() {
        let pool = fixture::pool();
        let password = Some(Sealed::from_text("x"));
        let cases = [
            (None, &password, Status::Confirmed),
            (None, &None, Status::ResetRequired),
            (Some(FinalStatus::Confirmed), &password, Status::Confirmed),
            (Some(FinalStatus::Confirmed), &None, Status::Confirmed),
            (Some(FinalStatus::ResetRequired), &password, Status::ResetRequired),
        ];
        for (status, credential, expected) in cases {
            let migrating = Migrating { status, ..migrating(&[("email", "ann@example.com")]) };
            let admitted = admit(&pool, "ann", &migrating, sub()).expect("good");
            let verdict = create(&pool, &migrating, &admitted, &BTreeMap::new(), credential.clone(), NOW);
            let user = made(&verdict);
            assert_eq!((&user.status, &user.credential), (&expected, credential));
            assert_eq!((user.username.as_str(), &user.sub), ("ann", &sub()));
            assert!(verdict.answer.is_ok());
        }
    }

    #[test]
    fn what_an_administrator_may_not_say_a_function_may_not_either() {
        let pool = fixture::pool();
        for bad in
            [("email", "nonsense"), ("sub", "x"), ("custom:unknown", "x"), ("phone_number_verified", "true")]
        {
            assert!(admit(&pool, "ann", &migrating(&[bad]), sub()).is_err(), "{bad:?}");
        }
        let email = Some(BTreeSet::from([ContactKind::Email]));
        let to_nowhere = Migrating { media: email, ..migrating(&[("name", "Ann")]) };
        let refused = admit(&pool, "ann", &to_nowhere, sub()).err();
        assert_eq!(refused, Some(Refusal::NoContactToInvite(ContactKind::Email)));
        let quiet = Migrating { suppress: true, ..to_nowhere };
        assert!(admit(&pool, "ann", &quiet, sub()).is_ok());
    }

    #[test]
    fn a_second_factor_needs_a_number() {
        let pool = fixture::pool();
        let by_sms = |attributes: &[(&str, &str)]| Migrating {
            sms_mfa: true,
            suppress: true,
            ..migrating(attributes)
        };
        let without = by_sms(&[("email", "ann@example.com")]);
        assert_eq!(admit(&pool, "ann", &without, sub()).err(), Some(Refusal::NoContact));
        for (migrating, active) in [
            (by_sms(&[("phone_number", "+15555550100")]), vec![MfaFactor::Sms]),
            (migrating(&[("phone_number", "+15555550100")]), vec![]),
        ] {
            let admitted = admit(&pool, "ann", &migrating, sub()).expect("good");
            let verdict = create(&pool, &migrating, &admitted, &BTreeMap::new(), None, NOW);
            assert_eq!(made(&verdict).mfa.active.iter().copied().collect::<Vec<_>>(), active);
        }
    }

    #[test]
    fn the_welcome_tells_no_password() {
        let pool = fixture::pool();
        let media = Some(BTreeSet::from([ContactKind::Email]));
        let migrating = Migrating { media, ..migrating(&[("email", "ann@example.com")]) };
        let admitted = admit(&pool, "ann", &migrating, sub()).expect("good");
        let sealed = Some(Sealed::from_text("x"));
        let verdict = create(&pool, &migrating, &admitted, &BTreeMap::new(), sealed, NOW);
        let sent = verdict.remember.iter().find_map(|change| match change {
            Change::Send(message) => Some((message.to.value.as_str(), message.code.expose())),
            _ => None,
        });
        assert_eq!(sent, Some(("ann@example.com", NOT_TOLD)));
    }

    #[test]
    fn an_alias_moves_only_if_the_function_forces_it() {
        let pool = fixture::alias_pool();
        let attributes = [("email", "ann@example.com"), ("email_verified", "true")];
        let holder = fixture::user("bob");
        for (force_alias, expected) in [(false, Err(Refusal::AliasTaken(NameKind::Email))), (true, Ok(()))] {
            let migrating = Migrating { force_alias, suppress: true, ..migrating(&attributes) };
            let admitted = admit(&pool, "ann", &migrating, sub()).expect("good");
            let wanted = names_wanted(&pool, &admitted);
            let email = wanted.iter().find(|name| name.kind == NameKind::Email).expect("an alias");
            let holders = BTreeMap::from([(email.clone(), holder.clone())]);
            let verdict = create(&pool, &migrating, &admitted, &holders, None, NOW);
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn an_address_that_signs_in_is_kept_as_typed() {
        let mut pool = fixture::pool();
        pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
        let migrating = migrating(&[("email", "other@example.com"), ("email_verified", "true")]);
        let admitted = admit(&pool, "ann@example.com", &migrating, sub()).expect("good");
        let verdict = create(&pool, &migrating, &admitted, &BTreeMap::new(), None, NOW);
        let user = made(&verdict);
        assert_eq!(
            (user.username.as_str(), user.attributes.get("email")),
            ("new-sub", Some("ann@example.com"))
        );
        assert!(admit(&pool, "ann", &migrating, sub()).is_err(), "no address");
    }
}
