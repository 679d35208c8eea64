//! Tests of ForgotPassword.

use super::*;
use crate::{attribute::contact::ContactKind, client::Client, fixture, id::Sub, pool::Pool, secret::Secret};

const NOW: Timestamp = Timestamp::from_millis(9);

fn user(status: Status, enabled: bool, verified: bool) -> User {
    let mut user = User { status, enabled, ..fixture::user("ann") };
    user.attributes.set_verified(ContactKind::Email, verified);
    user
}

fn ask(
    pool: &Pool,
    client: &Client,
    user: Option<&User>,
    attempts: Option<&Attempts>,
) -> Verdict<ForgotPasswordAnswer> {
    let keys = fixture::keys();
    let caller = AppClientCaller { pool, client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let found = LoadedUser { user, code: None, attempts };
    send_code(&caller, "ann", &found, &Code::from_text("123456"), NOW)
}

#[test]
fn forgot_password_by_user_state_sends_code_or_is_refused() {
    let expired = Status::ForceChangePassword { expires_at: NOW };
    let temporary = Status::ForceChangePassword { expires_at: NOW.after(std::time::Duration::from_secs(1)) };
    // (user, whether only administrators may recover, the answer to a client that does not hide users)
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
        let verdict = ask(&pool, &fixture::client(), user.as_ref(), None);
        assert_eq!(verdict.remember.is_empty(), expected.is_err(), "{user:?}");
        assert_eq!(verdict.answer.map(|_| ()), expected, "{user:?}");

        // cog-0329, cog-0356, cog-0358: a client that hides users receives a success, and the attempt counts too.
        let hiding = Client { hides_users: true, ..fixture::client() };
        let verdict = ask(&pool, &hiding, user.as_ref(), None);
        if by_administrator {
            assert_eq!(verdict.answer.map(|_| ()), Err(Refusal::RecoveryByAdministrator));
            continue;
        }
        assert!(matches!(verdict.remember.first(), Some(Change::PutAttempts { .. })));
        // Where no code is sent there is a decoy, which the outbox drops.
        let sent = verdict.remember.iter().find_map(|change| match change {
            Change::Send(message) => Some(message.of == Sub::simulated(&fixture::keys(), &pool.id, "ann")),
            _ => None,
        });
        assert_eq!((verdict.remember.len(), sent), (3, Some(expected.is_err())), "{user:?}");
        let masked = verdict.answer.expect("a success").delivery.masked();
        assert_eq!(masked, if expected.is_err() { "u***@y***" } else { "a***@e***" });
    }
}

#[test]
fn forgot_password_with_wrong_hash_or_beyond_limit_is_refused() {
    let (keys, pool, client) = (fixture::keys(), fixture::pool(), fixture::client());
    let secrets = [Secret::new("s")];
    let caller = AppClientCaller {
        pool: &pool,
        client: &client,
        secrets: &secrets,
        secret_hash: Some("no"),
        digest_keys: &keys,
    };
    let verdict = send_code(&caller, "unknown", &LoadedUser::default(), &Code::from_text("123456"), NOW);
    assert_eq!(verdict.answer.err(), Some(Refusal::SecretHashWrong(client.id.clone()))); // cog-0332

    let ann = user(Status::Confirmed, true, true);
    let attempts = Attempts { since: NOW, count: AttemptKind::RecoverPassword.limit() };
    for hides_users in [false, true] {
        let client = Client { hides_users, ..fixture::client() };
        let verdict = ask(&pool, &client, Some(&ann), Some(&attempts));
        assert_eq!(verdict.answer.err(), Some(Refusal::TooManyAttempts)); // cog-0308
    }
}
