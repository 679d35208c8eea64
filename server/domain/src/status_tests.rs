//! The state machine as one table: every operation in every state, enabled or not.
//!
//! A row is an operation, a column a state; each cell says what an enabled user meets there, and a disabled one. An
//! operation without a row and a state without a column do not compile or fail here. Whoever adds an operation that
//! looks at the status (signing in, recovery, the user's own profile) adds it to `operations!`, a row to [`row`], and a
//! line to [`meet`].
//!
//! The same table runs over the wire, in words, in the server's integration tests (`states.rs`).

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    alias::NameKind,
    attribute::Given,
    code::{Code, PendingCode, Purpose},
    contact::{Contact, ContactKind},
    fixture,
    flow::{
        Caller, Found, admin_confirm_sign_up, admin_create_user, admin_enable_user,
        admin_reset_user_password, admin_set_user_password, attribute_change, attribute_verification_code,
        auth_factors,
        bearer::{self, Bearer},
        change_password, confirm_forgot_password, confirm_sign_up, delete_user, delete_user_attributes,
        forgot_password, resend_confirmation_code, sign_up, update_user_attributes, verify_user_attribute,
    },
    grant::{Grant, GrantSeed},
    id::Sub,
    secret::{Sealed, Secret},
    session::SessionHandle,
    token::{AccessToken, SELF_SERVICE},
    user::{Status, User},
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The enum of operations, and all of them.
macro_rules! operations {
    ($($operation:ident)*) => {
        #[derive(Clone, Copy, Debug)]
        enum Operation { $($operation),* }

        const OPERATIONS: &[Operation] = &[$(Operation::$operation),*];
    };
}

operations! {
    SignUpAgain
    ConfirmSignUp
    AdminConfirmSignUp
    ResendConfirmationCode
    AdminCreateUserAgain
    AdminCreateUserResend
    AdminDeleteUser
    AdminEnableUser
    AdminDisableUser
    AdminUpdateUserAttributes
    AdminDeleteUserAttributes
    AdminSetUserPasswordPermanent
    AdminSetUserPasswordTemporary
    AdminResetUserPassword
    ForgotPassword
    ConfirmForgotPassword
    UpdateUserAttributes
    DeleteUserAttributes
    GetUserAttributeVerificationCode
    VerifyUserAttribute
    ChangePassword
    DeleteUser
    GetUserAuthFactors
}

/// The states: one column each, a temporary password that has expired being a state of its own.
fn columns() -> [Status; 6] {
    let expires = |millis| Status::ForceChangePassword { expires_at: Timestamp::from_millis(millis) };
    [
        Status::Unconfirmed,
        Status::Confirmed,
        Status::ExternalProvider,
        Status::ResetRequired,
        expires(NOW.as_millis() + 1),
        expires(NOW.as_millis()),
    ]
}

/// The column of a state. A new state needs one.
fn column(status: &Status) -> usize {
    match status {
        Status::Unconfirmed => 0,
        Status::Confirmed => 1,
        Status::ExternalProvider => 2,
        Status::ResetRequired => 3,
        Status::ForceChangePassword { expires_at } if NOW < *expires_at => 4,
        Status::ForceChangePassword { .. } => 5,
    }
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
enum Meets {
    /// Yes, and the state stays.
    Stays,
    /// Yes, and the state is then this one.
    Becomes(&'static str),
    /// Yes, and the user is gone.
    Goes,
    /// No.
    Refused(Refusal),
}

/// An enabled and a disabled user of one state.
type Cell = (Meets, Meets);

fn both(meets: Meets) -> Cell {
    (meets.clone(), meets)
}

fn refused(refusal: Refusal) -> Meets {
    Meets::Refused(refusal)
}

/// The row of an operation: a cell for each of [`columns`].
fn row(operation: Operation) -> [Cell; 6] {
    use Meets::{Becomes, Goes, Stays};
    let all = |meets: Meets| std::array::from_fn(|_| both(meets.clone()));
    let not_unconfirmed = |at: usize| both(refused(Refusal::NotUnconfirmed(columns()[at].clone())));
    match operation {
        Operation::SignUpAgain | Operation::AdminCreateUserAgain => {
            all(refused(Refusal::NameTaken(NameKind::Username)))
        }
        // cog-0004, cog-0054, cog-0059
        Operation::ConfirmSignUp | Operation::AdminConfirmSignUp => [
            (Becomes("CONFIRMED"), refused(Refusal::UserDisabled)),
            not_unconfirmed(1),
            not_unconfirmed(2),
            not_unconfirmed(3),
            not_unconfirmed(4),
            not_unconfirmed(5),
        ],
        Operation::ResendConfirmationCode => {
            let mut row = all(refused(Refusal::AlreadyConfirmed));
            row[0] = (Stays, refused(Refusal::UserDisabled));
            row
        }
        // cog-0293
        Operation::AdminCreateUserResend => std::array::from_fn(|at| match &columns()[at] {
            Status::ForceChangePassword { .. } => {
                (Becomes("FORCE_CHANGE_PASSWORD"), refused(Refusal::UserDisabled))
            }
            other => (refused(Refusal::NotInvited(other.clone())), refused(Refusal::UserDisabled)),
        }),
        Operation::AdminDeleteUser => all(Goes),
        Operation::AdminEnableUser
        | Operation::AdminDisableUser
        | Operation::AdminUpdateUserAttributes
        | Operation::AdminDeleteUserAttributes => all(Stays),
        Operation::AdminSetUserPasswordPermanent => all(Becomes("CONFIRMED")),
        Operation::AdminSetUserPasswordTemporary => all(Becomes("FORCE_CHANGE_PASSWORD")),
        // cog-0301, cog-0302, cog-0403
        Operation::AdminResetUserPassword => {
            let no = || (refused(Refusal::NotResettable), refused(Refusal::UserDisabled));
            let yes = || (Becomes("RESET_REQUIRED"), refused(Refusal::UserDisabled));
            [no(), yes(), no(), yes(), no(), yes()]
        }
        // Whoever has a verified contact may come back, confirmed or not; cog-0330, cog-0403
        Operation::ForgotPassword => {
            let no = || (refused(Refusal::NotResettable), refused(Refusal::UserDisabled));
            let yes = || (Stays, refused(Refusal::UserDisabled));
            [yes(), yes(), no(), yes(), no(), yes()]
        }
        // A code that is good proves the contact, whatever has become of the user since it was sent.
        Operation::ConfirmForgotPassword => {
            std::array::from_fn(|_| (Becomes("CONFIRMED"), refused(Refusal::UserDisabled)))
        }
        Operation::UpdateUserAttributes
        | Operation::DeleteUserAttributes
        | Operation::GetUserAttributeVerificationCode
        | Operation::VerifyUserAttribute
        | Operation::GetUserAuthFactors => bearers(|_| Stays),
        Operation::ChangePassword => bearers(|status| match status {
            Status::ExternalProvider => refused(Refusal::WrongPassword),
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            _ => Becomes("CONFIRMED"),
        }),
        Operation::DeleteUser => bearers(|_| Goes),
    }
}

/// The row of an operation that a token authorizes, which in the other states is good for nothing: `at` says what a user
/// meets in each that is left.
fn bearers(at: impl Fn(&Status) -> Meets) -> [Cell; 6] {
    std::array::from_fn(|column| {
        let status = &columns()[column];
        let enabled = match status {
            Status::Unconfirmed => refused(Refusal::UserNotConfirmed),
            Status::ResetRequired => refused(Refusal::PasswordResetRequired),
            Status::Confirmed | Status::ExternalProvider | Status::ForceChangePassword { .. } => at(status),
        };
        (enabled, refused(Refusal::UserDisabled))
    })
}

fn answer<A>(verdict: Verdict<A>) -> Result<Vec<Change>, Refusal> {
    verdict.answer.map(|_| verdict.remember)
}

/// Runs the operation on a user of whom nothing else is wrong.
fn meet(operation: Operation, user: &User) -> Result<Vec<Change>, Refusal> {
    let (pool, client, keys) = (fixture::pool(), fixture::client(), fixture::keys());
    let caller = Caller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let holders = BTreeMap::from([(crate::alias::NameKey::of_username(&pool, &user.username), user.clone())]);
    let (code, password) = (Code::fixed("123456"), Secret::new("Passw0rd!"));
    let contact = Contact { kind: ContactKind::Email, value: "ann@example.com".into() };
    let pending = PendingCode::new(&keys, &pool.id, &user.sub, Purpose::SignUp, &code, contact, NOW);
    let found = Found { user: Some(user), code: Some(&pending), attempts: None };
    let given = [Given { name: "name".into(), value: Some("Ann".into()) }];
    let invitation = admin_create_user::AdminCreate {
        username: user.username.as_str(),
        attributes: &[],
        temporary_password: None,
        force_alias: false,
        suppress: false,
        media: None,
    };
    // A token from when all was well.
    let bearing = || {
        let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
        let ttl = client.lifetimes.refresh_ttl;
        let grant = Grant::begin(&keys, &pool.id, user.sub.clone(), client.id.clone(), ttl, &seed, NOW).0;
        let token = AccessToken {
            sub: user.sub.clone(),
            client_id: client.id.clone(),
            grant: grant.id.clone(),
            token_use: "access".into(),
            scope: SELF_SERVICE.into(),
            exp: i64::MAX,
            device_key: None,
        };
        let user = bearer::check(&token, Some(&grant), Some(user), NOW)?;
        Ok::<_, Refusal>(Bearer { pool: &pool, client: &client, user, digest_keys: &keys })
    };
    let set = |permanent| {
        let asked = admin_set_user_password::SetPassword { password: &password, permanent };
        let compared =
            admin_set_user_password::Compared { credential: Sealed::from_text("new"), is_former: false };
        let user = admin_set_user_password::admit(&pool, Some(user), &asked)?;
        answer(admin_set_user_password::set(&pool, user, &asked, compared, NOW))
    };
    match operation {
        Operation::SignUpAgain => {
            let username = user.username.as_str();
            let asked = sign_up::SignUp { username, password: Some(&password), attributes: &[] };
            let admitted = sign_up::admit(&caller, &asked, Sub::new("new-sub"))?;
            let prepared =
                sign_up::Prepared { credential: None, code, session: SessionHandle::generate(&[5; 64]) };
            answer(sign_up::create(&caller, &admitted, Default::default(), &holders, &prepared, NOW))
        }
        Operation::ConfirmSignUp => {
            let asked = confirm_sign_up::Confirm {
                username: user.username.as_str(),
                code: "123456",
                force_alias: false,
                session: confirm_sign_up::Presented::Nothing,
            };
            let session = SessionHandle::generate(&[5; 64]);
            answer(confirm_sign_up::confirm(&caller, &asked, &found, None, &session, NOW))
        }
        Operation::AdminConfirmSignUp => answer(admin_confirm_sign_up::admin_confirm(Some(user), None, NOW)),
        Operation::ResendConfirmationCode => {
            answer(resend_confirmation_code::resend(&caller, user.username.as_str(), &found, &code, NOW))
        }
        Operation::AdminCreateUserAgain => {
            let admitted = admin_create_user::admit(&pool, &invitation, &password, Sub::new("new-sub"))?;
            let credential = Some(Sealed::from_text("new"));
            answer(admin_create_user::create(&pool, &invitation, &admitted, &holders, credential, NOW))
        }
        Operation::AdminCreateUserResend => {
            let invited = admin_create_user::admit_resend(&pool, &invitation, Some(user), &password)?;
            answer(admin_create_user::resend(&pool, &invited, Sealed::from_text("new"), NOW))
        }
        Operation::AdminDeleteUser => answer(delete_user::delete(&pool, Some(user))),
        Operation::AdminEnableUser => answer(admin_enable_user::set_enabled(Some(user), true, NOW)),
        Operation::AdminDisableUser => answer(admin_enable_user::set_enabled(Some(user), false, NOW)),
        Operation::AdminUpdateUserAttributes => {
            let changed = update_user_attributes::admin_admit(&pool, Some(user), &given, NOW)?;
            let codes = attribute_change::NewCodes { email: code.clone(), phone_number: code };
            let nobody = BTreeMap::new();
            answer(update_user_attributes::update(&keys, &pool, None, &changed, &nobody, &codes, NOW))
        }
        Operation::AdminDeleteUserAttributes => {
            answer(delete_user_attributes::admin_delete(&pool, Some(user), &["name".to_owned()], NOW))
        }
        Operation::AdminSetUserPasswordPermanent => set(true),
        Operation::AdminSetUserPasswordTemporary => set(false),
        Operation::AdminResetUserPassword => {
            answer(admin_reset_user_password::reset(&keys, &pool, Some(user), &code, NOW))
        }
        Operation::ForgotPassword => {
            answer(forgot_password::forgot(&caller, user.username.as_str(), &found, &code, NOW))
        }
        Operation::ConfirmForgotPassword => {
            let contact = pending.contact.clone();
            let purpose = Purpose::ForgotPassword;
            let pending = PendingCode::new(&keys, &pool.id, &user.sub, purpose, &code, contact, NOW);
            let found = Found { code: Some(&pending), ..found };
            let username = user.username.as_str();
            let asked =
                confirm_forgot_password::NewPassword { username, code: "123456", password: &password };
            let owner = confirm_forgot_password::admit(&caller, &asked, Some(user))?;
            let compared =
                confirm_forgot_password::Compared { credential: Sealed::from_text("new"), is_former: false };
            answer(confirm_forgot_password::confirm(&caller, &asked, &found, &owner, compared, NOW))
        }
        Operation::UpdateUserAttributes => {
            let changed = update_user_attributes::admit(&bearing()?, &given, NOW)?;
            let codes = attribute_change::NewCodes { email: code.clone(), phone_number: code };
            let nobody = BTreeMap::new();
            answer(update_user_attributes::update(&keys, &pool, None, &changed, &nobody, &codes, NOW))
        }
        Operation::DeleteUserAttributes => {
            answer(delete_user_attributes::delete(&bearing()?, &["name".to_owned()], NOW))
        }
        Operation::GetUserAttributeVerificationCode => {
            let kind = ContactKind::Email;
            answer(attribute_verification_code::send(&bearing()?, kind, &Found::default(), &code, NOW))
        }
        Operation::VerifyUserAttribute => {
            let (bearer, kind) = (bearing()?, ContactKind::Email);
            let purpose = Purpose::verifying(kind);
            let to = pending.contact.clone();
            let pending = PendingCode::new(&keys, &pool.id, &user.sub, purpose, &code, to, NOW);
            let found = Found { code: Some(&pending), ..Found::default() };
            let changed = verify_user_attribute::wanted(&bearer, &found, NOW);
            let (nobody, changed) = (BTreeMap::new(), changed.as_ref());
            answer(verify_user_attribute::verify(&bearer, kind, "123456", &found, changed, &nobody, NOW))
        }
        Operation::ChangePassword => {
            let (bearer, beside) = (bearing()?, change_password::Beside::default());
            let asked = change_password::ChangePassword { previous: Some(&password), proposed: &password };
            change_password::admit(&bearer, &asked, &beside, NOW)?;
            let new = change_password::New { credential: Sealed::from_text("new"), is_former: false };
            answer(change_password::change(&bearer, Some(new), &beside, NOW))
        }
        Operation::DeleteUser => {
            let bearer = bearing()?;
            answer(delete_user::delete(bearer.pool, Some(bearer.user)))
        }
        Operation::GetUserAuthFactors => {
            let bearer = bearing()?;
            auth_factors::first_factors(bearer.pool, None, bearer.user);
            Ok(Vec::new())
        }
    }
}

/// What the outcome says in the terms of the table.
fn seen(before: &User, outcome: Result<Vec<Change>, Refusal>, expected: &Meets) -> Meets {
    let changes = match outcome {
        Ok(changes) => changes,
        Err(refusal) => return Meets::Refused(refusal),
    };
    if changes.iter().any(|change| matches!(change, Change::RemoveUser(_))) {
        return Meets::Goes;
    }
    let after = changes.iter().find_map(|change| match change {
        Change::PutUser(user) if user.sub == before.sub => Some(&user.status),
        _ => None,
    });
    match (after.unwrap_or(&before.status), expected) {
        // A state may lead to itself: then the cell says which of the two is meant.
        (after, Meets::Becomes(_)) => Meets::Becomes(after.as_str()),
        (after, _) if *after == before.status => Meets::Stays,
        (after, _) => Meets::Becomes(after.as_str()),
    }
}

#[test]
fn every_operation_in_every_state() {
    for operation in OPERATIONS {
        for (at, status) in columns().into_iter().enumerate() {
            assert_eq!(column(&status), at, "the columns are in the order of their states");
            let cell = &row(*operation)[at];
            for (enabled, expected) in [(true, &cell.0), (false, &cell.1)] {
                let mut user = User { status: status.clone(), enabled, ..fixture::user("ann") };
                user.attributes.set_verified(ContactKind::Email, true);
                let met = seen(&user, meet(*operation, &user), expected);
                assert_eq!(met, *expected, "{operation:?} of {status:?}, enabled: {enabled}");
            }
        }
    }
}

#[test]
fn nothing_but_the_two_switches_touches_the_flag() {
    for operation in OPERATIONS {
        for status in columns() {
            for enabled in [true, false] {
                let user = User { status: status.clone(), enabled, ..fixture::user("ann") };
                let after =
                    meet(*operation, &user).unwrap_or_default().into_iter().find_map(|change| match change {
                        Change::PutUser(user) => Some(user.enabled),
                        _ => None,
                    });
                let expected = match operation {
                    Operation::AdminEnableUser => true,
                    Operation::AdminDisableUser => false,
                    _ => enabled,
                };
                assert_eq!(after.unwrap_or(expected), expected, "{operation:?} of {status:?}");
            }
        }
    }
}
