//! The state machine of users as one table: every operation for users of every status, enabled and disabled.
//!
//! A row is an operation, a column a status; each cell has the expected outcome for an enabled user and for a disabled
//! one. A new operation that depends on the status (signing in, recovery, any that a token authorizes) needs an entry
//! in `operations!`, a row in [`row`] and an arm in [`run_operation`]; a new status needs a column. A missing row or
//! column fails to compile, or fails the test.
//!
//! The integration tests of the server have the same table over the wire (`user_states.rs`). They also include the
//! operations that call no flow about the user, such as those on groups.

mod run_operation;

use self::run_operation::run_operation;
use crate::{
    Change, Refusal, Timestamp,
    attribute::contact::ContactKind,
    fixture,
    pool::alias::NameKind,
    refusal::PasskeyFault,
    secret::Sealed,
    user::{Status, User, passkey, software_token::SoftwareToken},
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// Declares the enum of operations, and the list of all of them.
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
    GetUser
    UserPasswordAuth
    AdminUserPasswordAuth
    UserSrpAuth
    UserAuth
    UserAuthAfterSignUp
    CustomAuth
    RespondToSelectChallenge
    RespondToPassword
    RespondToPasswordSrp
    RespondToPasswordVerifier
    RespondToNewPasswordRequired
    RespondToEmailOtp
    RespondToCustomChallenge
    RespondToSelectMfaType
    RespondToSoftwareTokenMfa
    RespondToMfaCode
    RespondToMfaSetup
    RespondToDeviceSrpAuth
    RespondToDevicePasswordVerifier
    RespondToWebAuthn
    RefreshTokenAuth
    GetTokensFromRefreshToken
    RevokeToken
    GlobalSignOut
    AdminUserGlobalSignOut
    AssociateSoftwareToken
    VerifySoftwareToken
    AssociateSoftwareTokenBySession
    VerifySoftwareTokenBySession
    SetUserMfaPreference
    AdminSetUserMfaPreference
    ConfirmDevice
    UpdateDeviceStatus
    ForgetDevice
    AdminUpdateDeviceStatus
    AdminForgetDevice
    StartWebAuthnRegistration
    CompleteWebAuthnRegistration
    DeleteWebAuthnCredential
}

/// Returns the statuses, one per column. A temporary password has two: valid and expired.
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

/// Returns the column of a status.
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

/// The expected outcome of an operation.
#[derive(Clone, Debug, PartialEq)]
enum ExpectedOutcome {
    /// Accepted; the status is unchanged.
    Unchanged,
    /// Accepted; the status is then this one.
    Becomes(&'static str),
    /// Accepted; the user is deleted.
    Deleted,
    /// Refused.
    Refused(Refusal),
}

/// The outcomes for an enabled and a disabled user of one status.
type Cell = (ExpectedOutcome, ExpectedOutcome);

fn both(outcome: ExpectedOutcome) -> Cell {
    (outcome.clone(), outcome)
}

fn refused(refusal: Refusal) -> ExpectedOutcome {
    ExpectedOutcome::Refused(refusal)
}

/// Returns the row of an operation: a cell for each of [`columns`].
fn row(operation: Operation) -> [Cell; 6] {
    use ExpectedOutcome::{Becomes, Deleted, Unchanged};
    let all = |outcome: ExpectedOutcome| std::array::from_fn(|_| both(outcome.clone()));
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
            row[0] = (Unchanged, refused(Refusal::UserDisabled));
            row
        }
        // cog-0293
        Operation::AdminCreateUserResend => std::array::from_fn(|at| match &columns()[at] {
            Status::ForceChangePassword { .. } => {
                (Becomes("FORCE_CHANGE_PASSWORD"), refused(Refusal::UserDisabled))
            }
            other => (refused(Refusal::NoTemporaryPassword(other.clone())), refused(Refusal::UserDisabled)),
        }),
        Operation::AdminDeleteUser => all(Deleted),
        Operation::AdminEnableUser
        | Operation::AdminDisableUser
        | Operation::AdminUpdateUserAttributes
        | Operation::AdminDeleteUserAttributes
        | Operation::RevokeToken
        | Operation::AdminUserGlobalSignOut
        | Operation::AdminSetUserMfaPreference
        | Operation::AdminUpdateDeviceStatus
        | Operation::AdminForgetDevice => all(Unchanged),
        Operation::AdminSetUserPasswordPermanent => all(Becomes("CONFIRMED")),
        Operation::AdminSetUserPasswordTemporary => all(Becomes("FORCE_CHANGE_PASSWORD")),
        // cog-0301, cog-0302, cog-0403
        Operation::AdminResetUserPassword => {
            let no = || (refused(Refusal::NotResettable), refused(Refusal::UserDisabled));
            let yes = || (Becomes("RESET_REQUIRED"), refused(Refusal::UserDisabled));
            [no(), yes(), no(), yes(), no(), yes()]
        }
        // A user with a verified contact may recover the password, confirmed or not; cog-0330, cog-0403
        Operation::ForgotPassword => {
            let no = || (refused(Refusal::NotResettable), refused(Refusal::UserDisabled));
            let yes = || (Unchanged, refused(Refusal::UserDisabled));
            [yes(), yes(), no(), yes(), no(), yes()]
        }
        // A valid code proves the contact, even if the status has changed since it was sent.
        Operation::ConfirmForgotPassword => {
            std::array::from_fn(|_| (Becomes("CONFIRMED"), refused(Refusal::UserDisabled)))
        }
        Operation::UpdateUserAttributes
        | Operation::DeleteUserAttributes
        | Operation::GetUserAttributeVerificationCode
        | Operation::VerifyUserAttribute
        | Operation::GetUserAuthFactors
        | Operation::GetUser
        | Operation::GlobalSignOut
        | Operation::AssociateSoftwareToken
        | Operation::VerifySoftwareToken
        | Operation::SetUserMfaPreference
        | Operation::ConfirmDevice
        | Operation::UpdateDeviceStatus
        | Operation::ForgetDevice
        | Operation::StartWebAuthnRegistration
        | Operation::CompleteWebAuthnRegistration
        | Operation::DeleteWebAuthnCredential => with_access_token(|_| Unchanged),
        // A user who may not use a token cannot renew it either.
        Operation::RefreshTokenAuth | Operation::GetTokensFromRefreshToken => {
            with_access_token(|_| Unchanged)
        }
        Operation::ChangePassword => with_access_token(|status| match status {
            Status::ExternalProvider => refused(Refusal::WrongPassword),
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            _ => Becomes("CONFIRMED"),
        }),
        Operation::DeleteUser => with_access_token(|_| Deleted),
        // Steps before the password is checked, or after it.
        Operation::UserSrpAuth
        | Operation::UserAuth
        | Operation::CustomAuth
        | Operation::RespondToSelectChallenge
        | Operation::RespondToPasswordSrp
        | Operation::RespondToCustomChallenge
        | Operation::RespondToSelectMfaType
        | Operation::RespondToSoftwareTokenMfa
        | Operation::RespondToMfaCode
        | Operation::RespondToMfaSetup
        | Operation::RespondToDeviceSrpAuth
        | Operation::RespondToDevicePasswordVerifier
        | Operation::AssociateSoftwareTokenBySession
        | Operation::VerifySoftwareTokenBySession => in_sign_in(|_| Unchanged),
        Operation::UserPasswordAuth
        | Operation::AdminUserPasswordAuth
        | Operation::RespondToPassword
        | Operation::RespondToPasswordVerifier => in_sign_in(|status| match status {
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            _ => Unchanged,
        }),
        Operation::RespondToNewPasswordRequired => in_sign_in(|status| match status {
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            Status::ForceChangePassword { .. } => Becomes("CONFIRMED"),
            _ => refused(Refusal::SessionInvalid),
        }),
        // A user with a temporary password must sign in with it: cog-0176.
        Operation::UserAuthAfterSignUp | Operation::RespondToEmailOtp => in_sign_in(|status| match status {
            Status::ForceChangePassword { .. } => refused(Refusal::SessionInvalid),
            _ => Unchanged,
        }),
        Operation::RespondToWebAuthn => in_sign_in(|status| match status {
            Status::ForceChangePassword { .. } => refused(Refusal::Passkey(PasskeyFault::AssertionInvalid)),
            _ => Unchanged,
        }),
    }
}

/// Returns the row of an operation that an access token authorizes. `at` returns the outcome for each status in which
/// the token is accepted.
fn with_access_token(at: impl Fn(&Status) -> ExpectedOutcome) -> [Cell; 6] {
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

/// Returns the row of a step of a sign-in with right answers. `at` returns the outcome for each status in which a user
/// may sign in.
fn in_sign_in(at: impl Fn(&Status) -> ExpectedOutcome) -> [Cell; 6] {
    std::array::from_fn(|column| {
        let status = &columns()[column];
        let enabled = match status {
            Status::Unconfirmed => refused(Refusal::UserNotConfirmed),
            Status::ResetRequired => refused(Refusal::PasswordResetRequired),
            Status::ExternalProvider => refused(Refusal::WrongPassword),
            Status::Confirmed | Status::ForceChangePassword { .. } => at(status),
        };
        (enabled, refused(Refusal::UserDisabled))
    })
}

/// Returns a user of this status who meets the requirements of all operations.
fn ann(status: &Status, enabled: bool) -> User {
    let mut ann = User { status: status.clone(), enabled, ..fixture::user("ann") };
    ann.attributes.set_verified(ContactKind::Email, true);
    ann.credential = Some(Sealed::from_text("x"));
    ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, None));
    ann.mfa.pending_token = Some(Sealed::from_text("s"));
    ann.passkeys = vec![passkey::fixture("a")];
    ann
}

/// Converts the result of an operation to an outcome of the table.
fn observed_outcome(
    before: &User,
    outcome: Result<Vec<Change>, Refusal>,
    expected: &ExpectedOutcome,
) -> ExpectedOutcome {
    let changes = match outcome {
        Ok(changes) => changes,
        Err(refusal) => return ExpectedOutcome::Refused(refusal),
    };
    if changes.iter().any(|change| matches!(change, Change::RemoveUser(_))) {
        return ExpectedOutcome::Deleted;
    }
    let after = changes.iter().find_map(|change| match change {
        Change::PutUser(user) if user.sub == before.sub => Some(&user.status),
        _ => None,
    });
    match (after.unwrap_or(&before.status), expected) {
        // A status may be set again: then the expected outcome tells whether that counts as unchanged.
        (after, ExpectedOutcome::Becomes(_)) => ExpectedOutcome::Becomes(after.as_str()),
        (after, _) if *after == before.status => ExpectedOutcome::Unchanged,
        (after, _) => ExpectedOutcome::Becomes(after.as_str()),
    }
}

#[test]
fn operation_by_status_has_the_expected_outcome() {
    for operation in OPERATIONS {
        for (at, status) in columns().into_iter().enumerate() {
            assert_eq!(column(&status), at, "the columns are in the order of their states");
            let cell = &row(*operation)[at];
            for (enabled, expected) in [(true, &cell.0), (false, &cell.1)] {
                let user = ann(&status, enabled);
                let outcome = observed_outcome(&user, run_operation(*operation, &user), expected);
                assert_eq!(outcome, *expected, "{operation:?} of {status:?}, enabled: {enabled}");
            }
        }
    }
}

#[test]
fn only_admin_enable_and_disable_change_the_enabled_flag() {
    for operation in OPERATIONS {
        for status in columns() {
            for enabled in [true, false] {
                let user = ann(&status, enabled);
                let after =
                    run_operation(*operation, &user).unwrap_or_default().into_iter().find_map(|change| {
                        match change {
                            Change::PutUser(user) => Some(user.enabled),
                            _ => None,
                        }
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
