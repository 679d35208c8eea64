//! The counts of requests, with a frozen clock.

use std::collections::BTreeMap;

use lido_domain::Timestamp;

use super::*;

fn clock() -> Clock {
    Clock::frozen(Timestamp::from_millis(1_795_246_200_000))
}

/// Returns the number of consecutive requests within the limit.
fn taken(rates: &Rates, operation: Operation) -> usize {
    (0..1_000).take_while(|_| rates.take(operation)).count()
}

#[test]
fn every_operation_has_one_category() {
    let mut places: BTreeMap<Operation, Vec<&str>> = BTreeMap::new();
    for category in CATEGORIES {
        for operation in category.operations {
            places.entry(*operation).or_default().push(category.name);
        }
    }
    for operation in CHALLENGES.operations {
        places.entry(*operation).or_default().push("challenges");
    }
    for operation in Operation::ALL {
        let of_it = places.get(operation).map_or(&[][..], Vec::as_slice);
        assert_eq!(of_it.len(), 1, "{operation:?} is in {of_it:?}: add it to one category in rates/table.rs");
    }
    assert_eq!(CATEGORIES.iter().filter(|category| category.per_second > 0).count(), 15);
}

/// cog-0264: the recorded categories with their quotas.
#[test]
fn operations_of_a_category_share_its_quota() {
    let cases = [
        (Operation::SignUp, 50, Operation::AdminCreateUser),
        (Operation::ConfirmSignUp, 50, Operation::AdminConfirmSignUp),
        (Operation::InitiateAuth, 120, Operation::AdminInitiateAuth),
        (Operation::ForgotPassword, 30, Operation::ConfirmForgotPassword),
    ];
    for (first, quota, second) in cases {
        let clock = clock();
        let rates = Rates::new(&Quotas::default(), &clock);
        assert_eq!(taken(&rates, first), quota, "{first:?}");
        assert!(!rates.take(second), "{second:?} is in the same category");
        assert!(rates.take(Operation::ListUsers), "other categories are not affected");
        clock.advance(Duration::from_millis(500));
        assert_eq!(taken(&rates, second), quota / 2, "half of the quota returns in half a second");
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(taken(&rates, second), quota, "an hour restores only the whole quota");
    }
}

#[test]
fn challenges_use_their_own_quota_before_that_of_sign_ins() {
    let rates = Rates::new(&"on,UserAuthentication=10".parse().expect("quotas"), &clock());
    for _ in 0..35 {
        assert!(
            rates.take(Operation::RespondToAuthChallenge),
            "30 of their own quota, and 5 of the sign-ins'"
        );
    }
    assert_eq!(taken(&rates, Operation::InitiateAuth), 5);
    assert!(!rates.take(Operation::AdminRespondToAuthChallenge));
    let rates = Rates::new(&"on,UserAuthentication=10".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::InitiateAuth), 10);
    assert_eq!(taken(&rates, Operation::RespondToAuthChallenge), 30, "challenges have a quota of their own");
}

#[test]
fn quotas_are_parsed_and_applied() {
    let rates = Rates::new(&"on, UserCreation=3, UserList=off".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::SignUp), 3);
    assert_eq!(taken(&rates, Operation::ListUsers), 1_000);
    assert_eq!(taken(&rates, Operation::GetUser), 120);
    let rates = Rates::new(&"on,UserAuthentication=off".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::RespondToAuthChallenge), 1_000);
    for (text, expected) in [
        ("", "request limits must be off, on, or on with changes"),
        ("yes", "request limits must be off, on, or on with changes"),
        ("UserCreation=5", "request limits must be off, on, or on with changes"),
        (
            "on,SignUp=5",
            "SignUp is not a category of operations; the categories are UserAuthentication, UserCreation,",
        ),
        ("on,UserCreation", "UserCreation must be off or a number of requests per second from 1"),
        ("on,UserCreation=0", "UserCreation must be off or a number of requests per second from 1"),
        ("on,UserCreation=-1", "UserCreation must be off or a number"),
    ] {
        let error = text.parse::<Quotas>().expect_err(text);
        assert!(error.starts_with(expected), "{error}");
    }
}
