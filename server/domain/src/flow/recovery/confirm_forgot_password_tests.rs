//! Tests of ConfirmForgotPassword.

use super::*;
use crate::{
    attribute::contact::{Contact, ContactKind},
    client::Client,
    code::{Code, PendingCode},
    fixture,
    pool::{Pool, password::PasswordRule},
    user::Status,
};

const NOW: Timestamp = Timestamp::from_millis(9);
const GOOD: &str = "Passw0rd!";

/// Returns a user whose e-mail address is verified, as that of a code for a new password is.
fn verified_ann() -> User {
    let mut ann = fixture::user("ann");
    ann.attributes.set_verified(ContactKind::Email, true);
    ann
}

struct Case<'a> {
    user: Option<&'a User>,
    has_code: bool,
    typed: &'a str,
    password: &'a str,
    is_former: bool,
    now: Timestamp,
}

fn ask(pool: &Pool, client: &Client, case: &Case<'_>) -> Verdict<User> {
    let keys = fixture::keys();
    let caller = AppClientCaller { pool, client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let password = Secret::new(case.password);
    let request = ConfirmForgotPasswordRequest { username: "ann", code: case.typed, password: &password };
    let contact = Contact { kind: ContactKind::Email, value: "ann@example.com".to_owned() };
    let pending = case.user.filter(|_| case.has_code).map(|user| {
        let code = Code::from_text("123456");
        PendingCode::new(&keys, &pool.id, &user.sub, Purpose::ForgotPassword, &code, contact, NOW)
    });
    let found = LoadedUser { user: case.user, code: pending.as_ref(), attempts: None };
    let owner = match admit(&caller, &request, case.user) {
        Ok(owner) => owner,
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let new = NewCredential { credential: Sealed::from_text("new"), is_former: case.is_former };
    confirm(&caller, &request, &found, &owner, new, case.now)
}

#[test]
fn confirm_forgot_password_with_fault_is_refused() {
    let ann = User { status: Status::ResetRequired, ..verified_ann() };
    let disabled = User { enabled: false, ..ann.clone() };
    let late = NOW.after(std::time::Duration::from_secs(60 * 60));
    let short = Refusal::PasswordPolicy(PasswordRule::Length);
    let case = |user, has_code, typed, password, is_former, now| Case {
        user,
        has_code,
        typed,
        password,
        is_former,
        now,
    };
    // (request, refusal by a client that does not hide users, refusal by one that does)
    let cases = [
        (case(None, false, "1", "short", false, NOW), Refusal::UserNotFound, short.clone()),
        (case(None, false, "1", GOOD, false, NOW), Refusal::UserNotFound, Refusal::CodeMismatch), // cog-0307
        (
            case(Some(&disabled), true, "123456", GOOD, false, NOW),
            Refusal::UserDisabled,
            Refusal::CodeMismatch,
        ),
        (case(Some(&ann), true, "123456", "short", false, NOW), short.clone(), short),
        // Without a code before it, a user is refused like no user.
        (case(Some(&ann), false, "123456", GOOD, false, NOW), Refusal::CodeExpired, Refusal::CodeMismatch),
        (case(Some(&ann), true, "123456", GOOD, false, late), Refusal::CodeExpired, Refusal::CodeExpired),
        (case(Some(&ann), true, "000000", GOOD, false, late), Refusal::CodeExpired, Refusal::CodeMismatch),
        (case(Some(&ann), true, "000000", GOOD, true, NOW), Refusal::CodeMismatch, Refusal::CodeMismatch), // cog-0311
        (case(Some(&ann), true, "123456", GOOD, true, NOW), Refusal::PasswordReused, Refusal::PasswordReused),
    ];
    for (case, visible, hidden) in cases {
        for (hides_users, expected) in [(false, visible), (true, hidden)] {
            let client = Client { hides_users, ..fixture::client() };
            let verdict = ask(&fixture::pool(), &client, &case);
            let is_counted = matches!(verdict.remember.as_slice(), [Change::PutAttempts { .. }]);
            let is_guess = !matches!(
                expected,
                Refusal::UserNotFound | Refusal::UserDisabled | Refusal::PasswordPolicy(_)
            );
            assert_eq!(is_counted, is_guess, "{expected:?}");
            assert_eq!(verdict.answer.err(), Some(expected));
        }
    }
}

#[test]
fn confirm_forgot_password_with_right_code_confirms_and_sets_password() {
    let ann = User { status: Status::ResetRequired, ..verified_ann() };
    let case = Case {
        user: Some(&ann),
        has_code: true,
        typed: "123456",
        password: GOOD,
        is_former: false,
        now: NOW,
    };
    let verdict = ask(&fixture::pool(), &fixture::client(), &case);
    let user = verdict.answer.expect("a right code");
    assert_eq!((&user.status, &user.credential), (&Status::Confirmed, &Some(Sealed::from_text("new"))));
    assert_eq!(verdict.remember.len(), 3);
    assert!(matches!(
        verdict.remember.get(1),
        Some(Change::RemoveCode { purpose: Purpose::ForgotPassword, .. })
    ));
}

#[test]
fn former_passwords_are_compared_only_if_the_code_is_right() {
    let mut pool = fixture::pool();
    pool.password_policy.history_size = 2;
    let (keys, client) = (fixture::keys(), fixture::client());
    let caller =
        AppClientCaller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let ann = verified_ann().with_password(Sealed::from_text("own"), &pool.password_policy, NOW);
    let contact = Contact { kind: ContactKind::Email, value: "ann@example.com".to_owned() };
    let code = Code::from_text("123456");
    let pending = PendingCode::new(&keys, &pool.id, &ann.sub, Purpose::ForgotPassword, &code, contact, NOW);
    let found = LoadedUser { user: Some(&ann), code: Some(&pending), attempts: None };
    let password = Secret::new(GOOD);
    for (typed, count) in [("123456", 1), ("000000", 0)] {
        let request = ConfirmForgotPasswordRequest { username: "ann", code: typed, password: &password };
        let owner = admit(&caller, &request, found.user).expect("admitted");
        assert_eq!(credentials_to_compare(&caller, &request, &found, &owner, NOW).len(), count);
    }
}
