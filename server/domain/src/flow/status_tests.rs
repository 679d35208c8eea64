//! The state machine as one table: every operation in every state, enabled or not.
//!
//! A row is an operation, a column a state; each cell says what an enabled user meets there, and a disabled one. An
//! operation without a row and a state without a column do not compile or fail here. Whoever adds an operation that
//! looks at the status (signing in, recovery, whatever a token authorizes) adds it to `operations!`, a row to [`row`],
//! and a line to [`meet`].
//!
//! The same table runs over the wire, in words, in the server's integration tests (`user_states.rs`). There are also the
//! operations that ask the domain nothing about the user, such as those on groups.

mod meeting;

use self::meeting::meet;
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
        | Operation::AdminDeleteUserAttributes
        | Operation::RevokeToken
        | Operation::AdminUserGlobalSignOut
        | Operation::AdminSetUserMfaPreference
        | Operation::AdminUpdateDeviceStatus
        | Operation::AdminForgetDevice => all(Stays),
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
        | Operation::DeleteWebAuthnCredential => bearers(|_| Stays),
        // Whoever may not act gets no new tokens either.
        Operation::RefreshTokenAuth | Operation::GetTokensFromRefreshToken => bearers(|_| Stays),
        Operation::ChangePassword => bearers(|status| match status {
            Status::ExternalProvider => refused(Refusal::WrongPassword),
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            _ => Becomes("CONFIRMED"),
        }),
        Operation::DeleteUser => bearers(|_| Goes),
        // What is asked of everybody, or of whoever has shown a password already.
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
        | Operation::VerifySoftwareTokenBySession => signing_in(|_| Stays),
        Operation::UserPasswordAuth
        | Operation::AdminUserPasswordAuth
        | Operation::RespondToPassword
        | Operation::RespondToPasswordVerifier => signing_in(|status| match status {
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            _ => Stays,
        }),
        Operation::RespondToNewPasswordRequired => signing_in(|status| match status {
            Status::ForceChangePassword { expires_at } if *expires_at <= NOW => {
                refused(Refusal::TemporaryPasswordExpired)
            }
            Status::ForceChangePassword { .. } => Becomes("CONFIRMED"),
            _ => refused(Refusal::SessionInvalid),
        }),
        // Whoever has a temporary password shows it: cog-0176.
        Operation::UserAuthAfterSignUp | Operation::RespondToEmailOtp => signing_in(|status| match status {
            Status::ForceChangePassword { .. } => refused(Refusal::SessionInvalid),
            _ => Stays,
        }),
        Operation::RespondToWebAuthn => signing_in(|status| match status {
            Status::ForceChangePassword { .. } => refused(Refusal::Passkey(PasskeyFault::NotShown)),
            _ => Stays,
        }),
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

/// The row of a step of signing in, by whoever knows what is asked: `at` says what a user meets in the states in which
/// one may sign in at all.
fn signing_in(at: impl Fn(&Status) -> Meets) -> [Cell; 6] {
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

/// A user in this state who has whatever any operation asks for.
fn ann(status: &Status, enabled: bool) -> User {
    let mut ann = User { status: status.clone(), enabled, ..fixture::user("ann") };
    ann.attributes.set_verified(ContactKind::Email, true);
    ann.credential = Some(Sealed::from_text("x"));
    ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, None));
    ann.mfa.pending_token = Some(Sealed::from_text("s"));
    ann.passkeys = vec![passkey::fixture("a")];
    ann
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
                let user = ann(&status, enabled);
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
                let user = ann(&status, enabled);
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
