//! The counts of requests, with a frozen clock.

use std::{
    collections::BTreeMap,
    task::{Context, Poll, Waker},
};

use lido_domain::Timestamp;

use super::*;

const ANYWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn clock() -> Clock {
    Clock::frozen(Timestamp::from_millis(1_795_246_200_000))
}

/// Counts a request. Limits of one server wait for nothing.
fn take(rates: &Rates, operation: Operation, address: IpAddr) -> bool {
    let taking = std::pin::pin!(rates.take(operation, address));
    taking.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(true)
}

/// Returns the number of consecutive requests within the limit.
fn taken(rates: &Rates, operation: Operation) -> usize {
    (0..1_000).take_while(|_| take(rates, operation, ANYWHERE)).count()
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
    assert_eq!(CATEGORIES.iter().filter(|category| category.per_second > 0).count(), 17);
}

/// cog-0264: the recorded categories with their quotas.
#[test]
fn operations_of_a_category_share_its_quota() {
    let cases = [
        (Operation::AdminCreateUser, 50 + 25, Operation::SignUp, 50),
        (Operation::AdminConfirmSignUp, 50 + 25, Operation::ConfirmSignUp, 50),
        (Operation::AdminInitiateAuth, 120 + 60, Operation::InitiateAuth, 120),
        (Operation::ForgotPassword, 30, Operation::ConfirmForgotPassword, 30),
        (Operation::ListUsers, 30, Operation::ListUsersInGroup, 30),
    ];
    for (first, most, second, quota) in cases {
        let clock = clock();
        let rates = Rates::new(&Quotas::default(), &clock);
        assert_eq!(taken(&rates, first), most, "{first:?}");
        assert!(!take(&rates, second, ANYWHERE), "{second:?} is in the same category");
        assert!(take(&rates, Operation::GetUser, ANYWHERE), "other categories are not affected");
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
            take(&rates, Operation::RespondToAuthChallenge, ANYWHERE),
            "30 of their own quota, and 5 of the sign-ins'"
        );
    }
    assert_eq!(taken(&rates, Operation::InitiateAuth), 5);
    assert_eq!(taken(&rates, Operation::AdminRespondToAuthChallenge), 5, "the reserve of signed callers");
    let rates = Rates::new(&"on,UserAuthentication=10".parse().expect("quotas"), &clock());
    assert_eq!(taken(&rates, Operation::InitiateAuth), 10);
    assert_eq!(taken(&rates, Operation::RespondToAuthChallenge), 30, "challenges have a quota of their own");
}

#[test]
fn strangers_leave_a_reserve_to_signed_callers() {
    let clock = clock();
    let rates = Rates::new(&Quotas::default(), &clock);
    assert_eq!(taken(&rates, Operation::SignUp), 50);
    assert_eq!(taken(&rates, Operation::AdminCreateUser), 25);
    // For a minute, strangers take whatever they get before the administrator's 20 a second.
    let mut served = 0;
    for _ in 0..60 {
        clock.advance(Duration::from_secs(1));
        taken(&rates, Operation::SignUp);
        served += (0..20).filter(|_| take(&rates, Operation::AdminCreateUser, ANYWHERE)).count();
    }
    assert_eq!(served, 60 * 20);
    assert_eq!(taken(&rates, Operation::ConfirmSignUp), 0, "the reserve is for no stranger");
}

#[test]
fn address_has_a_quota_of_its_own_once_it_is_set() {
    let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
    let count = |rates: &Rates, operation, address| {
        (0..1_000).take_while(|_| take(rates, operation, address)).count()
    };
    let rates = Rates::new(&"on,PerAddress=10,UserRead=40".parse().expect("quotas"), &clock());
    assert_eq!(count(&rates, Operation::GetUser, one), 10);
    assert_eq!(count(&rates, Operation::SignUp, one), 0, "in any category");
    assert_eq!(count(&rates, Operation::GetUser, other), 10);
    // A signed caller is known by the signature.
    assert_eq!(count(&rates, Operation::AdminGetUser, one), 20 + 20);
    let rates = Rates::new(&Quotas::default(), &clock());
    assert_eq!(count(&rates, Operation::GetUser, one), 120, "off until it is set");
    let off: Quotas = "on,PerAddress=10,PerAddress=off".parse().expect("quotas");
    assert_eq!(off, Quotas::default());
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
        ("", "request limits must be off, on or shared"),
        ("yes", "request limits must be off, on or shared"),
        ("UserCreation=5", "request limits must be off, on or shared"),
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
