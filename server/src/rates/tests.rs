//! What is counted where, on a clock that stands still until it is told.

use std::collections::BTreeMap;

use lido_domain::Timestamp;

use super::*;

fn clock() -> Clock {
    Clock::frozen(Timestamp::from_millis(1_795_246_200_000))
}

/// How many in a row are taken.
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
        assert_eq!(of_it.len(), 1, "{operation:?} stands in {of_it:?}: give it its place in rates/table.rs");
    }
    assert_eq!(CATEGORIES.iter().filter(|category| category.per_second > 0).count(), 15);
}

/// cog-0264: the categories that were recorded, with what they take.
#[test]
fn a_category_shares_its_quota() {
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
        assert!(!rates.take(second), "{second:?} is of the same category");
        assert!(rates.take(Operation::ListUsers), "others are not touched");
        clock.advance(Duration::from_millis(500));
        assert_eq!(taken(&rates, second), quota / 2, "half a second gives half of it back");
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(taken(&rates, second), quota, "and an hour no more than the whole");
    }
}

#[test]
fn challenges_have_three_times_the_quota_and_then_take_from_sign_ins() {
    let rates = Rates::new(&"on,UserAuthentication=10".parse().expect("quotas"), &clock());
    for _ in 0..35 {
        assert!(rates.take(Operation::RespondToAuthChallenge), "thirty of their own, five of the others");
    }
    assert_eq!(taken(&rates, Operation::InitiateAuth), 5);
    assert!(!rates.take(Operation::AdminRespondToAuthChallenge));
    let rates = Rates::new(&"on,UserAuthentication=10".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::InitiateAuth), 10);
    assert_eq!(taken(&rates, Operation::RespondToAuthChallenge), 30, "they have their own");
}

#[test]
fn quotas_are_set() {
    let rates = Rates::new(&"on, UserCreation=3, UserList=off".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::SignUp), 3);
    assert_eq!(taken(&rates, Operation::ListUsers), 1_000);
    assert_eq!(taken(&rates, Operation::GetUser), 120);
    let rates = Rates::new(&"on,UserAuthentication=off".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::RespondToAuthChallenge), 1_000);
    for (text, told) in [
        ("", "request limits are off, on, or on with changes"),
        ("yes", "request limits are off, on, or on with changes"),
        ("UserCreation=5", "request limits are off, on, or on with changes"),
        ("on,SignUp=5", "SignUp is no category of operations; there are UserAuthentication, UserCreation,"),
        ("on,UserCreation", "UserCreation takes a number of requests per second from 1 on, or off"),
        ("on,UserCreation=0", "UserCreation takes a number of requests per second from 1 on, or off"),
        ("on,UserCreation=-1", "UserCreation takes a number"),
    ] {
        let fault = text.parse::<Quotas>().expect_err(text);
        assert!(fault.starts_with(told), "{fault}");
    }
}
