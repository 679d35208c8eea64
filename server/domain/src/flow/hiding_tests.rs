//! What it costs to ask about nobody, where an app client hides who exists: as many codes are worked out and compared as
//! for somebody.
//!
//! The modular exponentiations of passwords are counted by the server, which does them; see its tests.

use crate::{
    Refusal, Timestamp,
    attribute::contact::{Contact, ContactKind},
    client::Client,
    code::{Code, PendingCode, Purpose},
    digest::{DigestKeys, counting::comparisons},
    fixture,
    flow::{
        Caller, Found,
        recovery::confirm_forgot_password,
        sign_in::{Holders, Next, fixture::House, respond},
        sign_up::confirm_sign_up,
    },
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{Awaited, SentCode},
        parameter::Parameters,
        session::{Session, SessionHandle, Stage},
    },
    user::{Status, User},
};

const NOW: Timestamp = Timestamp::from_millis(9);

/// Two keys, as after a rotation: both are compared with, whoever is asked about.
fn keys() -> DigestKeys {
    DigestKeys::new([7; 32], [[8; 32]])
}

/// What a wrong code meets at `ask`: of ann with a code, of ann without one, of somebody disabled, and of nobody.
fn costs(
    purpose: Purpose,
    status: Status,
    ask: impl Fn(&Caller<'_>, &Found<'_>) -> Option<Refusal>,
) -> [(Option<Refusal>, usize); 4] {
    let (keys, pool) = (keys(), fixture::pool());
    let client = Client { hides_users: true, ..fixture::client() };
    let caller = Caller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let ann = User { status, ..fixture::user("ann") };
    let disabled = User { enabled: false, ..ann.clone() };
    let (code, to) = (Code::fixed("123456"), address());
    let pending = PendingCode::new(&keys, &pool.id, &ann.sub, purpose, &code, to, NOW);
    [(Some(&ann), Some(&pending)), (Some(&ann), None), (Some(&disabled), Some(&pending)), (None, None)]
        .map(|(user, code)| comparisons(|| ask(&caller, &Found { user, code, attempts: None })))
}

fn address() -> Contact {
    Contact { kind: ContactKind::Email, value: "ann@example.com".into() }
}

/// cog-0359.
#[test]
fn confirm_sign_up_compares_a_code_for_nobody() {
    let new = SessionHandle::generate(&[5; 64]);
    let met = costs(Purpose::SignUp, Status::Unconfirmed, |caller, found| {
        let session = confirm_sign_up::Presented::Nothing;
        let asked = confirm_sign_up::Confirm { username: "ann", code: "000000", force_alias: false, session };
        confirm_sign_up::confirm(caller, &asked, found, None, &new, NOW).answer.err()
    });
    let [with_code, without, disabled, nobody] = met;
    assert_eq!((with_code, nobody), ((Some(Refusal::CodeMismatch), 2), (Some(Refusal::CodeMismatch), 2)));
    assert_eq!(without, (Some(Refusal::CodeExpired), 2));
    assert_eq!(disabled, (Some(Refusal::UserDisabled), 0), "who is told to be there may cost something else");
}

/// cog-0307.
#[test]
fn confirm_forgot_password_compares_codes_for_nobody() {
    let met = costs(Purpose::ForgotPassword, Status::Confirmed, |caller, found| {
        let password = Secret::new("Passw0rd!");
        let asked =
            confirm_forgot_password::NewPassword { username: "ann", code: "000000", password: &password };
        let owner = confirm_forgot_password::admit(caller, &asked, found.user).expect("admitted");
        let former = confirm_forgot_password::credentials_to_compare(caller, &asked, found, &owner, NOW);
        assert!(former.is_empty());
        let credential = Sealed::from_text("new");
        let compared = confirm_forgot_password::Compared { credential, is_former: false };
        confirm_forgot_password::confirm(caller, &asked, found, &owner, compared, NOW).answer.err()
    });
    // Twice with each key: before the former passwords are compared, and when it is decided.
    let mismatch = (Some(Refusal::CodeMismatch), 4);
    assert_eq!(met, [mismatch.clone(), (Some(Refusal::CodeExpired), 4), mismatch.clone(), mismatch]);
}

/// cog-0177.
#[test]
fn a_code_to_sign_in_with_is_compared_for_nobody() {
    let mut house = House::new();
    house.keys = keys();
    house.client.hides_users = true;
    let parameters = |typed| Parameters::from_iter([("USERNAME", typed), ("EMAIL_OTP_CODE", "00000000")]);
    for typed in ["ann", "nobody"] {
        let of = house.step(typed).of();
        let sent = SentCode::new(&house.keys, &house.pool.id, &of, &house.fresh.code, address());
        let stage = Stage::SigningIn(Awaited::OneTimeCode(sent));
        let session = Session::begin(of, &house.client, stage, house.now);
        house.presented = Some((house.keys.digest(&["handle"]), session));
        let (step, parameters) = (house.step(typed), parameters(typed));
        let name = crate::sign_in::challenge::one_time_code(ContactKind::Email);
        let response = respond::read(&house.caller(), name, Some("handle"), &parameters).expect("read");
        let answer =
            || respond::next(&step, &response.answer, Some("handle"), &Holders::new()).expect("decided");
        let (next, compared) = comparisons(answer);
        let Next::Decided(verdict) = next else { panic!("{typed}: it is decided at once") };
        assert_eq!((verdict.answer.err(), compared), (Some(Refusal::SignInCodeMismatch), 2), "{typed}");
    }
}
