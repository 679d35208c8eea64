use super::*;
use crate::{
    attribute::schema::{SchemaFault, SchemaFaultKind},
    fixture,
    id::GroupId,
    pool::alias::NameKind,
};

const NOW: Timestamp = Timestamp::from_millis(9);

fn attribute(name: &str, value: &str) -> AttributeInput {
    AttributeInput { name: name.to_owned(), value: Some(value.to_owned()) }
}

fn group(name: &str) -> Group {
    Group {
        id: GroupId::new(name),
        name: GroupName::new(name),
        description: None,
        role_arn: None,
        precedence: None,
        created_at: NOW,
        modified_at: NOW,
    }
}

/// Puts the user, and returns the outcome with the user that is stored.
fn run(
    pool: &Pool,
    existing: Option<&User>,
    described: &UserDescription<'_>,
    credential: Option<&str>,
) -> Result<(PutOutcome, Option<User>), Refusal> {
    let draft = admit(pool, existing, described, Sub::new("new-sub"), NOW)?;
    let credential = credential.map(Sealed::from_text);
    let none = MembershipChanges::default();
    let verdict = put(pool, existing, &draft, &BTreeMap::new(), credential, &none, NOW);
    let stored = verdict.remember.into_iter().find_map(|change| match change {
        Change::PutUser(user) => Some(*user),
        _ => None,
    });
    Ok((verdict.answer?, stored))
}

#[test]
fn absent_user_is_created_as_described() {
    let attributes = [attribute("email", "ann@example.com"), attribute("email_verified", "true")];
    let described = UserDescription {
        username: "ann",
        attributes: &attributes,
        status: Some(DescribedStatus::ResetRequired),
        enabled: Some(false),
        ..UserDescription::default()
    };
    let (outcome, user) = run(&fixture::pool(), None, &described, Some("sealed")).expect("accepted");
    let user = user.expect("stored");
    assert_eq!(outcome, PutOutcome::Created);
    assert_eq!((user.sub.as_str(), user.username.as_str()), ("new-sub", "ann"));
    assert_eq!((&user.status, user.enabled), (&Status::ResetRequired, false));
    assert!(user.attributes.is_verified(ContactKind::Email));
    assert_eq!(user.credential, Some(Sealed::from_text("sealed")));
    let again = run(&fixture::pool(), Some(&user), &described, None).expect("accepted");
    assert_eq!(again, (PutOutcome::Unchanged, None), "what is as described is not written");
}

#[test]
fn user_of_username_attribute_pool_is_named_by_the_sub() {
    let described = UserDescription { username: "ann@example.com", ..UserDescription::default() };
    let (_, user) = run(&fixture::email_username_pool(), None, &described, None).expect("accepted");
    let user = user.expect("stored");
    assert_eq!((user.username.as_str(), user.attributes.get("email")), ("new-sub", Some("ann@example.com")));
    for username in ["ann@example.com", "new-sub"] {
        let described = UserDescription { username, ..UserDescription::default() };
        let again = run(&fixture::email_username_pool(), Some(&user), &described, None);
        assert_eq!(again, Ok((PutOutcome::Unchanged, None)), "{username}");
    }
}

#[test]
fn one_described_difference_changes_one_thing() {
    let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
    type Change = fn(&mut User);
    let name = [attribute("name", "Ann")];
    let moved = [attribute("email", "new@example.com")];
    let removed = [attribute("email", ""), attribute("email_verified", "")];
    let cases: [(UserDescription<'_>, Change); 6] = [
        (UserDescription { enabled: Some(false), ..UserDescription::default() }, |ann| ann.enabled = false),
        (UserDescription { attributes: &name, ..UserDescription::default() }, |ann| {
            ann.attributes.set("name", "Ann");
        }),
        (UserDescription { attributes: &moved, ..UserDescription::default() }, |ann| {
            ann.attributes.set("email", "new@example.com");
            ann.attributes.remove("email_verified");
        }),
        (UserDescription { attributes: &removed, ..UserDescription::default() }, |ann| {
            ann.attributes.remove("email");
            ann.attributes.remove("email_verified");
        }),
        (
            UserDescription { status: Some(DescribedStatus::Unconfirmed), ..UserDescription::default() },
            |ann| ann.status = Status::Unconfirmed,
        ),
        (
            UserDescription {
                status: Some(DescribedStatus::ForceChangePassword),
                ..UserDescription::default()
            },
            |ann| {
                let expires_at = NOW.after(fixture::pool().password_policy.temporary_ttl());
                ann.status = Status::ForceChangePassword { expires_at };
            },
        ),
    ];
    for (described, change) in cases {
        let described = UserDescription { username: "ann", ..described };
        let mut expected = User { modified_at: NOW, ..ann.clone() };
        change(&mut expected);
        let outcome = run(&fixture::pool(), Some(&ann), &described, None);
        assert_eq!(outcome, Ok((PutOutcome::Changed, Some(expected.clone()))), "{described:?}");
        let again = run(&fixture::pool(), Some(&expected), &described, None);
        assert_eq!(again, Ok((PutOutcome::Unchanged, None)), "{described:?}");
    }
}

#[test]
fn new_password_keeps_the_described_status() {
    let ann = fixture::user("ann");
    let ttl = NOW.after(fixture::pool().password_policy.temporary_ttl());
    let cases = [
        (None, Status::Unconfirmed),
        (Some(DescribedStatus::Confirmed), Status::Confirmed),
        (Some(DescribedStatus::ForceChangePassword), Status::ForceChangePassword { expires_at: ttl }),
    ];
    for (status, expected) in cases {
        let described = UserDescription { username: "ann", status, ..UserDescription::default() };
        let (_, user) = run(&fixture::pool(), Some(&ann), &described, Some("new")).expect("accepted");
        let user = user.expect("stored");
        assert_eq!((user.status, user.credential), (expected, Some(Sealed::from_text("new"))), "{status:?}");
    }
}

#[test]
fn description_that_breaks_a_rule_is_refused() {
    let weak = Secret::new("short");
    let unknown = [attribute("nope", "x")];
    let reserved = [attribute("sub", "x")];
    let unverified = [attribute("phone_number_verified", "true")];
    let malformed = [attribute("email", "nonsense")];
    let factors = BTreeSet::from([MfaFactor::SoftwareToken]);
    let default = UserDescription::default;
    let cases = [
        (
            UserDescription { new_password: Some(&weak), ..default() },
            Refusal::PasswordPolicy(crate::pool::password::PasswordRule::Length),
        ),
        (
            UserDescription { attributes: &unknown, ..default() },
            Refusal::Schema(vec![SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown }]),
        ),
        (UserDescription { attributes: &reserved, ..default() }, Refusal::AttributeReserved("sub".into())),
        (
            UserDescription { attributes: &unverified, ..default() },
            Refusal::VerifiedWithoutContact(ContactKind::PhoneNumber),
        ),
        (
            UserDescription { attributes: &malformed, ..default() },
            Refusal::ContactMalformed(ContactKind::Email),
        ),
        (
            UserDescription { factors: Some(&factors), ..default() },
            Refusal::MfaFactorNotSetUp(MfaFactor::SoftwareToken),
        ),
        (
            UserDescription { preferred_factor: Some(MfaFactor::Sms), ..default() },
            Refusal::PreferredFactorTurnedOff(MfaFactor::Sms),
        ),
    ];
    let ann = User { status: Status::Confirmed, ..fixture::user("ann") };
    for (described, refusal) in cases {
        let described = UserDescription { username: "ann", ..described };
        for existing in [None, Some(&ann)] {
            let outcome = run(&fixture::pool(), existing, &described, None);
            assert_eq!(outcome, Err(refusal.clone()), "{described:?}");
        }
    }
}

#[test]
fn name_of_another_user_is_refused() {
    let (pool, bob) = (fixture::alias_pool(), fixture::user("bob"));
    let attributes = [attribute("email", "bob@example.com"), attribute("email_verified", "true")];
    let cases = [
        (
            UserDescription { username: "bob", ..UserDescription::default() },
            NameKind::Username,
            Refusal::NameTaken(NameKind::Username),
        ),
        (
            UserDescription { username: "ann", attributes: &attributes, ..UserDescription::default() },
            NameKind::Email,
            Refusal::AliasTaken(NameKind::Email),
        ),
    ];
    for (described, kind, refusal) in cases {
        let draft = admit(&pool, None, &described, Sub::new("new-sub"), NOW).expect("admitted");
        let name = draft.names_to_reserve(&pool).into_iter().find(|name| name.kind == kind).expect("a name");
        let holders = BTreeMap::from([(name, bob.clone())]);
        let verdict = put(&pool, None, &draft, &holders, None, &MembershipChanges::default(), NOW);
        assert_eq!((verdict.remember.len(), verdict.answer), (0, Err(refusal)));
    }
}

#[test]
fn memberships_change_with_the_user_and_within_the_limit() {
    let (pool, ann) = (fixture::pool(), fixture::user("ann"));
    let described = UserDescription { username: "ann", ..UserDescription::default() };
    let draft = admit(&pool, Some(&ann), &described, ann.sub.clone(), NOW).expect("admitted");
    let changes = |present: usize, joined: &[&str], left: &[&str]| MembershipChanges {
        present,
        joined: joined.iter().map(|name| group(name)).collect(),
        left: left.iter().map(|name| GroupName::new(*name)).collect(),
    };
    let cases = [
        (changes(1, &[], &[]), Ok(PutOutcome::Unchanged), 0),
        (changes(0, &["a", "b"], &[]), Ok(PutOutcome::Changed), 3),
        (changes(1, &[], &["a"]), Ok(PutOutcome::Changed), 2),
        (changes(100, &["b"], &["a"]), Ok(PutOutcome::Changed), 3),
        (changes(100, &["b"], &[]), Err(Refusal::TooManyGroupsOfUser), 0),
        (changes(98, &["a", "b", "c"], &[]), Err(Refusal::TooManyGroupsOfUser), 0),
    ];
    for (memberships, answer, count) in cases {
        let verdict = put(&pool, Some(&ann), &draft, &BTreeMap::new(), None, &memberships, NOW);
        assert_eq!((verdict.answer, verdict.remember.len()), (answer, count), "{memberships:?}");
    }
}
