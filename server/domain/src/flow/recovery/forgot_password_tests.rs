//! The order of ForgotPassword's checks, and what is said of whom.

use super::*;
use crate::{attribute::contact::ContactKind, client::Client, fixture, pool::Pool, secret::Secret};

const NOW: Timestamp = Timestamp::from_millis(9);

fn user(status: Status, enabled: bool, verified: bool) -> User {
    let mut user = User { status, enabled, ..fixture::user("ann") };
    user.attributes.set_verified(ContactKind::Email, verified);
    user
}

fn ask(pool: &Pool, client: &Client, user: Option<&User>, attempts: Option<&Attempts>) -> Verdict<CodeSent> {
    let keys = fixture::keys();
    let caller = Caller { pool, client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let found = Found { user, code: None, attempts };
    forgot(&caller, "ann", &found, &Code::fixed("123456"), NOW)
}

#[test]
fn who_is_sent_a_code() {
    let expired = Status::ForceChangePassword { expires_at: NOW };
    let temporary = Status::ForceChangePassword { expires_at: NOW.after(std::time::Duration::from_secs(1)) };
    // (user, the pool lets only administrators recover, what a client that hides nobody is told)
    let cases = [
        (None, false, Err(Refusal::UserNotFound)), // cog-0327, cog-0357
        (Some(user(Status::Confirmed, false, true)), false, Err(Refusal::UserDisabled)),
        (Some(user(temporary, true, true)), false, Err(Refusal::NotResettable)), // cog-0330
        (Some(user(expired, true, true)), false, Ok(())),                        // cog-0403
        (Some(user(Status::ExternalProvider, true, true)), false, Err(Refusal::NotResettable)),
        (Some(user(Status::Unconfirmed, true, false)), false, Err(Refusal::NoRecoveryContact)),
        (Some(user(Status::Confirmed, true, false)), false, Err(Refusal::NoRecoveryContact)), // cog-0331
        (Some(user(Status::Confirmed, true, true)), true, Err(Refusal::RecoveryByAdministrator)),
        (Some(user(Status::Confirmed, true, true)), false, Ok(())),
        (Some(user(Status::ResetRequired, true, true)), false, Ok(())),
    ];
    for (user, by_administrator, expected) in cases {
        let mut pool = fixture::pool();
        if by_administrator {
            pool.recovery = Recovery::Administrator;
        }
        let told = ask(&pool, &fixture::client(), user.as_ref(), None);
        assert_eq!(told.remember.is_empty(), expected.is_err(), "{user:?}");
        assert_eq!(told.answer.map(|_| ()), expected, "{user:?}");

        // cog-0329, cog-0356, cog-0358: a client that hides who exists tells of success, and counts alike.
        let hiding = Client { hides_users: true, ..fixture::client() };
        let told = ask(&pool, &hiding, user.as_ref(), None);
        if by_administrator {
            assert_eq!(told.answer.map(|_| ()), Err(Refusal::RecoveryByAdministrator));
            continue;
        }
        assert!(matches!(told.remember.first(), Some(Change::PutAttempts { .. })));
        assert_eq!(told.remember.len() == 1, expected.is_err(), "{user:?}");
        let masked = told.answer.expect("hidden").delivery.masked();
        assert_eq!(masked, if expected.is_err() { "u***@y***" } else { "a***@e***" });
    }
}

#[test]
fn the_hash_and_the_limit() {
    let (keys, pool, client) = (fixture::keys(), fixture::pool(), fixture::client());
    let secrets = [Secret::new("s")];
    let caller = Caller {
        pool: &pool,
        client: &client,
        secrets: &secrets,
        secret_hash: Some("no"),
        digest_keys: &keys,
    };
    let told = forgot(&caller, "nobody", &Found::default(), &Code::fixed("123456"), NOW);
    assert_eq!(told.answer.err(), Some(Refusal::SecretHashWrong(client.id.clone()))); // cog-0332

    let ann = user(Status::Confirmed, true, true);
    let attempts = Attempts { since: NOW, count: Act::RecoverPassword.limit() };
    for hides_users in [false, true] {
        let client = Client { hides_users, ..fixture::client() };
        let told = ask(&pool, &client, Some(&ann), Some(&attempts));
        assert_eq!(told.answer.err(), Some(Refusal::TooManyAttempts)); // cog-0308
    }
}
