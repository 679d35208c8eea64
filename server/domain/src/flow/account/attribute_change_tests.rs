//! Tables for a change of attributes.

use std::collections::BTreeSet;

use super::*;
use crate::{fixture, pool::alias::NameKind};

const NOW: Timestamp = Timestamp::from_millis(9);

fn values(given: &[(&str, &str)]) -> Attributes {
    Attributes::from_iter(given.iter().copied())
}

/// A confirmed user whose e-mail address is verified.
fn ann() -> User {
    let mut user = User { status: Status::Confirmed, ..fixture::user("ann") };
    user.attributes.set_verified(ContactKind::Email, true);
    user
}

fn changed(pool: &Pool, user: &User, given: &[(&str, &str)]) -> Changed {
    change(pool, user, &values(given), NOW).expect("a good change")
}

fn codes() -> NewCodes {
    NewCodes { email: Code::fixed("111111"), phone_number: Code::fixed("222222") }
}

/// A pool that verifies e-mail addresses before it takes them over, if `beforehand`.
fn pool(beforehand: bool) -> Pool {
    let mut pool = fixture::pool();
    if beforehand {
        pool.verified_before_update = BTreeSet::from([ContactKind::Email]);
    }
    pool
}

#[test]
fn what_becomes_of_an_address() {
    // (verified beforehand, given, the address then, its flag then, whether a code is sent)
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
fn a_pool_that_verifies_nothing_sends_nothing_and_takes_the_value_over() {
    let pool = Pool { auto_verified: BTreeSet::new(), ..pool(true) };
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    assert_eq!(changed.user.attributes.get("email"), Some("new@example.com"));
    assert!(!changed.user.attributes.is_verified(ContactKind::Email));
    assert!(changed.to_verify.is_empty());
}

#[test]
fn what_is_refused() {
    use ContactKind::{Email, PhoneNumber};
    type Case = (&'static [(&'static str, &'static str)], Option<Refusal>);
    let cases: [Case; 6] = [
        (&[("email", "nonsense")], Some(Refusal::ContactForm(Email))),
        (&[("phone_number", "555")], Some(Refusal::ContactForm(PhoneNumber))),
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
fn other_attributes_are_set_and_taken_away() {
    let user = changed(&fixture::pool(), &ann(), &[("name", "Ann"), ("nickname", "a")]).user;
    let user = changed(&fixture::pool(), &user, &[("name", ""), ("custom:none", "")]).user;
    assert_eq!((user.attributes.get("name"), user.attributes.get("nickname")), (None, Some("a")));
}

#[test]
fn names_follow_the_attributes() {
    use NameKind::{Email, PreferredUsername};
    type Case = (Pool, &'static [(&'static str, &'static str)], &'static [NameKind], &'static [NameKind]);
    let cases: [Case; 9] = [
        (fixture::pool(), &[("email", "new@example.com")], &[], &[]),
        // An alias goes with its verification and comes with it.
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
        // In place of a username an address is a name whether verified or not.
        (fixture::email_username_pool(), &[("email", "new@example.com")], &[Email], &[Email]),
        (fixture::email_username_pool(), &[("email_verified", "false")], &[], &[]),
        (fixture::email_username_pool(), &[("email", "")], &[], &[Email]),
    ];
    for (pool, given, gained, lost) in cases {
        let changed = changed(&pool, &ann(), given);
        let kinds = |names: &[NameKey]| names.iter().map(|name| name.kind).collect::<Vec<_>>();
        assert_eq!(kinds(changed.names_wanted()), gained, "{:?} {given:?}", pool.names);
        assert_eq!(kinds(&changed.lost), lost, "{:?} {given:?}", pool.names);
    }
}

#[test]
fn a_value_that_waits_is_no_name_yet() {
    let pool = Pool {
        verified_before_update: BTreeSet::from([ContactKind::Email]),
        ..fixture::email_username_pool()
    };
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    assert!(changed.names_wanted().is_empty() && changed.lost.is_empty());
}

#[test]
fn another_spelling_of_a_folded_name_moves_nothing() {
    let pool = Pool { case_sensitive: false, ..fixture::email_username_pool() };
    let changed = changed(&pool, &ann(), &[("email", "Ann@Example.com")]);
    assert!(changed.names_wanted().is_empty() && changed.lost.is_empty());
    assert_eq!(changed.user.attributes.get("email"), Some("Ann@Example.com"));
}

#[test]
fn a_preferred_username_waits_for_the_confirmation() {
    let (pool, unconfirmed) = (fixture::alias_pool(), fixture::user("ann"));
    let given = values(&[("preferred_username", "a")]);
    assert_eq!(change(&pool, &unconfirmed, &given, NOW).err(), Some(Refusal::PreferredUsernameTooEarly));
    assert!(change(&pool, &ann(), &given, NOW).is_ok());
    assert!(change(&fixture::pool(), &unconfirmed, &given, NOW).is_ok(), "where it is no alias");
}

#[test]
fn a_taken_name_is_refused_and_ones_own_is_not() {
    // cog-0305, cog-0344
    let (pool, keys) = (fixture::email_username_pool(), fixture::keys());
    let changed = changed(&pool, &ann(), &[("email", "new@example.com")]);
    let holds = |user: User| BTreeMap::from([(changed.names_wanted()[0].clone(), user)]);
    let remember = |holders: &BTreeMap<NameKey, User>| {
        changed.remember(&keys, &pool, holders, &codes(), None, NOW).map(|changes| changes.len())
    };
    assert_eq!(remember(&holds(fixture::user("bob"))), Err(Refusal::AliasTaken(NameKind::Email)));
    // User, lost name, gained name, code, message.
    assert_eq!(remember(&holds(ann())), Ok(5));
    assert_eq!(remember(&BTreeMap::new()), Ok(5));
}

#[test]
fn case_decides_in_a_case_sensitive_pool() {
    // cog-0345
    let pool = fixture::email_username_pool();
    let changed = changed(&pool, &ann(), &[("email", "BOB@example.com")]);
    let bobs = NameKey::new(&pool, NameKind::Email, "bob@example.com");
    let holders = BTreeMap::from([(bobs, fixture::user("bob"))]);
    assert!(changed.remember(&fixture::keys(), &pool, &holders, &codes(), None, NOW).is_ok());
}

#[test]
fn each_code_goes_to_its_own_contact_and_replaces_what_was_pending() {
    let (pool, keys) = (fixture::alias_pool(), fixture::keys());
    let changed = changed(&pool, &ann(), &[("email", "new@example.com"), ("phone_number", "+15550100")]);
    let client = ClientId::new("c");
    let remember = changed.remember(&keys, &pool, &BTreeMap::new(), &codes(), Some(&client), NOW);
    let sent: Vec<_> = remember
        .expect("nobody holds anything")
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
fn a_code_for_an_older_value_dies_with_it() {
    for given in [&[("email", "")][..], &[("email", "new@example.com"), ("email_verified", "true")]] {
        let records = changed(&fixture::pool(), &ann(), given).records();
        let dies =
            |change: &Change| matches!(change, Change::RemoveCode { purpose: Purpose::VerifyEmail, .. });
        assert!(records.iter().any(dies), "{given:?}");
    }
}
