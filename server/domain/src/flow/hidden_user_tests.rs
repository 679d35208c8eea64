//! App clients that hide users: a request for an unknown user computes and compares as many digests as one for a user.
//!
//! The modular exponentiations of passwords are done by the server, and counted in its tests.

use crate::{
    Change, Refusal, Timestamp,
    attribute::contact::{Contact, ContactKind},
    client::Client,
    code::{Code, PendingCode, Purpose},
    digest::{DigestKeys, counting::comparisons},
    fixture,
    flow::{
        AppClientCaller, LoadedUser, NewCredential,
        recovery::confirm_forgot_password,
        sign_in::{NameHolders, NextAction, respond_to_auth_challenge, setup::SignInSetup},
        sign_up::confirm_sign_up,
    },
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{PendingChallenge, SentCode},
        parameter::Parameters,
        session::{Session, SessionHandle, Stage},
    },
    user::{Status, User},
};

const NOW: Timestamp = Timestamp::from_millis(9);

/// Returns two keys, as after a rotation: each comparison is made with both.
fn keys() -> DigestKeys {
    DigestKeys::new([7; 32], [[8; 32]])
}

/// Returns the refusal of a wrong code and the number of comparisons: for a user with a pending code, a user without
/// one, a disabled user, and an unknown user.
fn costs(
    purpose: Purpose,
    status: Status,
    ask: impl Fn(&AppClientCaller<'_>, &LoadedUser<'_>) -> Option<Refusal>,
) -> [(Option<Refusal>, usize); 4] {
    let (keys, pool) = (keys(), fixture::pool());
    let client = Client { hides_users: true, ..fixture::client() };
    let caller =
        AppClientCaller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let ann = User { status, ..fixture::user("ann") };
    let disabled = User { enabled: false, ..ann.clone() };
    let (code, to) = (Code::from_text("123456"), address());
    let pending = PendingCode::new(&keys, &pool.id, &ann.sub, purpose, &code, to, NOW);
    [(Some(&ann), Some(&pending)), (Some(&ann), None), (Some(&disabled), Some(&pending)), (None, None)]
        .map(|(user, code)| comparisons(|| ask(&caller, &LoadedUser { user, code, attempts: None })))
}

fn address() -> Contact {
    Contact { kind: ContactKind::Email, value: "ann@example.com".into() }
}

/// cog-0359.
#[test]
fn confirm_sign_up_of_unknown_user_compares_as_for_a_user() {
    let [with_code, without, disabled, unknown] = costs_of_confirmation(Status::Unconfirmed, false);
    let mismatch = (Some(Refusal::CodeMismatch), 2);
    assert_eq!([with_code, without, unknown], [mismatch.clone(), mismatch.clone(), mismatch]);
    assert_eq!(disabled, (Some(Refusal::UserDisabled), 0), "this refusal reveals the user anyway");
}

/// Where a page hides the status, no user can be told from an unknown one.
#[test]
fn confirm_sign_up_with_hidden_status_compares_as_for_an_unknown_user() {
    let force = Status::ForceChangePassword { expires_at: NOW };
    for status in [Status::Unconfirmed, Status::Confirmed, Status::ResetRequired, force] {
        let outcome = costs_of_confirmation(status.clone(), true);
        assert_eq!(outcome, [0; 4].map(|_| (Some(Refusal::CodeMismatch), 2)), "{status:?}");
    }
}

fn costs_of_confirmation(status: Status, hides_status: bool) -> [(Option<Refusal>, usize); 4] {
    let new = SessionHandle::generate(&[5; 64]);
    costs(Purpose::SignUp, status, |caller, found| {
        let session = confirm_sign_up::SessionLookup::NotSent;
        let request = confirm_sign_up::ConfirmSignUpRequest {
            username: "ann",
            code: "000000",
            force_alias: false,
            session,
            hides_status,
        };
        let verdict = confirm_sign_up::confirm(caller, &request, found, None, &new, NOW);
        let is_counted = matches!(verdict.remember.as_slice(), [Change::PutAttempts { .. }]);
        assert!(is_counted || !hides_status);
        verdict.answer.err()
    })
}

/// cog-0307.
#[test]
fn confirm_forgot_password_of_unknown_user_compares_as_for_a_user() {
    let outcome = costs(Purpose::ForgotPassword, Status::Confirmed, |caller, found| {
        let password = Secret::new("Passw0rd!");
        let request = confirm_forgot_password::ConfirmForgotPasswordRequest {
            username: "ann",
            code: "000000",
            password: &password,
        };
        let owner = confirm_forgot_password::admit(caller, &request, found.user).expect("admitted");
        let former = confirm_forgot_password::credentials_to_compare(caller, &request, found, &owner, NOW);
        assert!(former.is_empty());
        let credential = Sealed::from_text("new");
        let new = NewCredential { credential, is_former: false };
        confirm_forgot_password::confirm(caller, &request, found, &owner, new, NOW).answer.err()
    });
    // Twice with each key: before the former passwords are compared, and in the decision.
    let mismatch = (Some(Refusal::CodeMismatch), 4);
    assert_eq!(outcome, [mismatch.clone(), mismatch.clone(), mismatch.clone(), mismatch]);
}

/// cog-0177.
#[test]
fn one_time_code_of_unknown_user_is_compared_as_for_a_user() {
    let mut setup = SignInSetup::new();
    setup.keys = keys();
    setup.client.hides_users = true;
    let parameters = |typed| Parameters::from_iter([("USERNAME", typed), ("EMAIL_OTP_CODE", "00000000")]);
    for typed in ["ann", "unknown"] {
        let of = setup.step(typed).sub();
        let sent = SentCode::new(&setup.keys, &setup.pool.id, &of, &setup.fresh.code, address());
        let stage = Stage::SigningIn(PendingChallenge::OneTimeCode(sent));
        let session = Session::begin(of, &setup.client, stage, setup.now);
        setup.presented = Some((setup.keys.digest(&["handle"]), session));
        let (step, parameters) = (setup.step(typed), parameters(typed));
        let name = crate::sign_in::challenge::one_time_code_challenge(ContactKind::Email);
        let response = respond_to_auth_challenge::read(&setup.caller(), name, Some("handle"), &parameters)
            .expect("valid parameters");
        let answer = || {
            respond_to_auth_challenge::next_action(
                &step,
                &response.answer,
                Some("handle"),
                &NameHolders::new(),
            )
            .expect("decided")
        };
        let (next, compared) = comparisons(answer);
        let NextAction::Decided(verdict) = next else { panic!("{typed}: expected a verdict") };
        assert_eq!((verdict.answer.err(), compared), (Some(Refusal::SignInCodeMismatch), 2), "{typed}");
    }
}
