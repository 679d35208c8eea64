//! Tests of a change of attributes.

use std::collections::BTreeSet;

use super::*;
use crate::{fixture, pool::alias::NameKind};

const NOW: Timestamp = Timestamp::from_millis(9);

fn values(given: &[(&str, &str)]) -> Attributes {
    Attributes::from_iter(given.iter().copied())
}

/// Returns a confirmed user whose e-mail address is verified.
fn ann() -> User {
    let mut user = User { status: Status::Confirmed, ..fixture::user("ann") };
    user.attributes.set_verified(ContactKind::Email, true);
    user
}

fn changed(pool: &Pool, user: &User, given: &[(&str, &str)]) -> AttributeChange {
    change(pool, user, &values(given), NOW).expect("accepted")
}

fn codes() -> NewCodes {
    NewCodes { email: Code::from_text("111111"), phone_number: Code::from_text("222222") }
}

/// Returns a pool that verifies e-mail addresses, before the update if `beforehand`.
fn pool(beforehand: bool) -> Pool {
    let mut pool = fixture::pool();
    if beforehand {
        pool.verified_before_update = BTreeSet::from([ContactKind::Email]);
    }
    pool
}

#[test]
fn change_of_address_sets_value_flag_and_code() {
    // (verified before the update, request, resulting address, resulting flag, whether a code is sent)
    type Case = (bool, &'static [(&'static str, &'static str)], Option<&'static str>, Option<bool>, bool);
    let (old, new) = (Some("ann@example.com"), Some("new@example.com"));
    let cases: [Case; 13] = [
        (false, &[("email", "new@example.com")], new, Some(false), true), // cog-0346
        (false, &[("email", "new@example.com"), ("email_verified", "true")], new, Some(true), false),
        (false, &[("email", "new@example.com"), ("email_verified", "True")], new, Some(true), false),
        (false, &[("email", "new@example.com"), ("email_verified", "false")], new, Some(false), true),
        (false, &[("email", "ann@example.com")], old, Some(true), false),
        (false, &[("email", "ann@example.com"), ("email_verified", "false")], old, Some(false), false),
        (false, &[("email_verified", "false")], old, Some(false), false),
        (false, &[("email_verified", "")], old, Some(false), false),
        (false, &[("name", "Ann")], old, Some(true), false),
        (false, &[("email", "")], None, None, false),
        (true, &[("email", "new@example.com")], old, Some(true), true), // cog-0346
        (true, &[("email", "new@example.com"), ("email_verified", "false")], old, Some(true), true),
        (true, &[("email", "new@example.com"), ("email_verified", "true")], new, Some(true), false),
    ];
    for (beforehand, given, address, flag, sent) in cases {
        let changed = changed(&pool(beforehand), &ann(), given);
        let attributes = &changed.user.attributes;
        assert_eq!(attributes.get("email"), address, "{given:?}");
        assert_eq!(attributes.verified_flag(ContactKind::Email), flag, "{given:?}");
        let to: Vec<_> = changed.to_verify.iter().map(|to| to.value.as_str()).collect();
        assert_eq!(to, if sent { vec!["new@example.com"] } else { vec![] }, "{given:?}");
        assert_eq!(changed.user.modified_at, NOW);
    }
}

#[test]
fn change_in_pool_without_auto_verification_applies_at_once_and_sends_nothing() {
    let pool = Pool { auto_verified: BTreeSet::new(), ..pool(true) };
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    assert_eq!(changed.user.attributes.get("email"), Some("new@example.com"));
    assert!(!changed.user.attributes.is_verified(ContactKind::Email));
    assert!(changed.to_verify.is_empty());
}

#[test]
fn change_with_invalid_contact_or_flag_is_refused() {
    use ContactKind::{Email, PhoneNumber};
    type Case = (&'static [(&'static str, &'static str)], Option<Refusal>);
    let cases: [Case; 6] = [
        (&[("email", "nonsense")], Some(Refusal::ContactMalformed(Email))),
        (&[("phone_number", "555")], Some(Refusal::ContactMalformed(PhoneNumber))),
        (&[("phone_number_verified", "true")], Some(Refusal::VerifiedWithoutContact(PhoneNumber))),
        (&[("email", ""), ("email_verified", "true")], Some(Refusal::VerifiedWithoutContact(Email))),
        (&[("phone_number_verified", "false")], None),
        (&[("phone_number", "+15550100"), ("phone_number_verified", "true")], None),
    ];
    for (given, refusal) in cases {
        assert_eq!(change(&fixture::pool(), &ann(), &values(given), NOW).err(), refusal, "{given:?}");
    }
}

#[test]
fn change_of_other_attributes_sets_and_removes_them() {
    let user = changed(&fixture::pool(), &ann(), &[("name", "Ann"), ("nickname", "a")]).user;
    let user = changed(&fixture::pool(), &user, &[("name", ""), ("custom:none", "")]).user;
    assert_eq!((user.attributes.get("name"), user.attributes.get("nickname")), (None, Some("a")));
}

#[test]
fn change_of_contact_gains_and_loses_names() {
    use NameKind::{Email, PreferredUsername};
    type Case = (Pool, &'static [(&'static str, &'static str)], &'static [NameKind], &'static [NameKind]);
    let cases: [Case; 9] = [
        (fixture::pool(), &[("email", "new@example.com")], &[], &[]),
        // An alias is active only while its contact is verified.
        (fixture::alias_pool(), &[("email", "new@example.com")], &[], &[Email]),
        (
            fixture::alias_pool(),
            &[("email", "new@example.com"), ("email_verified", "true")],
            &[Email],
            &[Email],
        ),
        (fixture::alias_pool(), &[("email_verified", "false")], &[], &[Email]),
        (fixture::alias_pool(), &[("email", "")], &[], &[Email]),
        (fixture::alias_pool(), &[("preferred_username", "a")], &[PreferredUsername], &[]),
        // With username attributes, an address is a name whether verified or not.
        (fixture::email_username_pool(), &[("email", "new@example.com")], &[Email], &[Email]),
        (fixture::email_username_pool(), &[("email_verified", "false")], &[], &[]),
        (fixture::email_username_pool(), &[("email", "")], &[], &[Email]),
    ];
    for (pool, given, gained, lost) in cases {
        let changed = changed(&pool, &ann(), given);
        let kinds = |names: &[NameKey]| names.iter().map(|name| name.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&changed.gained), gained, "{:?} {given:?}", pool.names);
        assert_eq!(kinds(&changed.lost), lost, "{:?} {given:?}", pool.names);
    }
}

#[test]
fn pending_value_is_not_a_name() {
    let pool = Pool {
        verified_before_update: BTreeSet::from([ContactKind::Email]),
        ..fixture::email_username_pool()
    };
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    assert!(changed.names_to_reserve().is_empty() && changed.lost.is_empty());
}

#[test]
fn change_of_case_in_case_insensitive_pool_keeps_names() {
    let pool = Pool { case_sensitive: false, ..fixture::email_username_pool() };
    let changed = changed(&pool, &ann(), &[("email", "Ann@Example.com")]);
    assert!(changed.names_to_reserve().is_empty() && changed.lost.is_empty());
    assert_eq!(changed.user.attributes.get("email"), Some("Ann@Example.com"));
}

#[test]
fn preferred_username_of_unconfirmed_user_is_refused() {
    let (pool, unconfirmed) = (fixture::alias_pool(), fixture::user("ann"));
    let given = values(&[("preferred_username", "a")]);
    assert_eq!(change(&pool, &unconfirmed, &given, NOW).err(), Some(Refusal::PreferredUsernameAtSignUp));
    assert!(change(&pool, &ann(), &given, NOW).is_ok());
    assert!(change(&fixture::pool(), &unconfirmed, &given, NOW).is_ok(), "it is not an alias in this pool");
}

#[test]
fn change_to_taken_name_is_refused_unless_held_by_the_same_user() {
    // cog-0305, cog-0344
    let (pool, keys) = (fixture::email_username_pool(), fixture::keys());
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    let holds = |user: User| BTreeMap::from([(changed.names_to_reserve()[0].clone(), user)]);
    let remember = |holders: &BTreeMap<NameKey, User>| {
        changed.changes_with_codes(&keys, &pool, holders, &codes(), None, NOW).map(|changes| changes.len())
    };
    assert_eq!(remember(&holds(fixture::user("bob"))), Err(Refusal::AliasTaken(NameKind::Email)));
    // User, lost name, gained name, code, message.
    assert_eq!(remember(&holds(ann())), Ok(5));
    assert_eq!(remember(&BTreeMap::new()), Ok(5));
}

#[test]
fn change_to_name_in_other_case_is_accepted_in_case_sensitive_pool() {
    // cog-0345
    let pool = fixture::email_username_pool();
    let changed = changed(&pool, &ann(), &[("email", "BOB@example.com")]);
    let bobs = NameKey::new(&pool, NameKind::Email, "bob@example.com");
    let holders = BTreeMap::from([(bobs, fixture::user("bob"))]);
    assert!(changed.changes_with_codes(&fixture::keys(), &pool, &holders, &codes(), None, NOW).is_ok());
}

#[test]
fn change_of_both_contacts_sends_each_its_own_code() {
    let (pool, keys) = (fixture::alias_pool(), fixture::keys());
    let changed = changed(&pool, &ann(), &[("email", "new@example.com"), ("phone_number", "+15550100")]);
    let client = ClientId::new("c");
    let remember = changed.changes_with_codes(&keys, &pool, &BTreeMap::new(), &codes(), Some(&client), NOW);
    let sent: Vec<_> = remember
        .expect("no name is taken")
        .into_iter()
        .filter_map(|change| match change {
            Change::Send(message) => {
                assert_eq!(message.reason, MessageReason::UpdateUserAttribute);
                assert_eq!(message.client.as_ref(), Some(&client));
                Some((message.to.value, message.code.expose().to_owned()))
            }
            Change::PutCode { purpose, code, .. } => Some((purpose.as_str().to_owned(), code.contact.value)),
            _ => None,
        })
        .collect();
    let expected = [
        ("verify_email", "new@example.com"),
        ("new@example.com", "111111"),
        ("verify_phone_number", "+15550100"),
        ("+15550100", "222222"),
    ];
    assert_eq!(sent, expected.map(|(left, right)| (left.to_owned(), right.to_owned())));
}

#[test]
fn change_of_contact_removes_the_pending_code() {
    for given in [&[("email", "")][..], &[("email", "new@example.com"), ("email_verified", "true")]] {
        let records = changed(&fixture::pool(), &ann(), given).changes();
        let removes_code =
            |change: &Change| matches!(change, Change::RemoveCode { purpose: Purpose::VerifyEmail, .. });
        assert!(records.iter().any(removes_code), "{given:?}");
    }
}
