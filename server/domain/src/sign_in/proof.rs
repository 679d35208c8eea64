//! What the right answer to a step of a sign-in proves.

use crate::{
    attribute::contact::ContactKind,
    sign_in::{
        challenge::{Enrolment, PendingChallenge},
        session::Stage,
    },
    user::auth_method::AuthMethod,
};

/// Returns the method of a right answer to this stage; without a stage, of the beginning of a sign-in. Returns
/// `None` if the answer proves nothing, or what a session before has noted.
pub fn method_of(stage: Option<&Stage>) -> Option<AuthMethod> {
    let Some(stage) = stage else { return Some(AuthMethod::Password) };
    let Stage::SigningIn(pending) = stage else { return None };
    let by_code = |kind: ContactKind| match kind {
        ContactKind::Email => AuthMethod::EmailCode,
        ContactKind::PhoneNumber => AuthMethod::SmsCode,
    };
    match pending {
        // The answer PASSWORD to SELECT_CHALLENGE has the password.
        PendingChallenge::Select
        | PendingChallenge::Password
        | PendingChallenge::PasswordVerifier(_)
        | PendingChallenge::CustomPasswordVerifier(_) => Some(AuthMethod::Password),
        PendingChallenge::OneTimeCode(sent)
        | PendingChallenge::MfaCode(sent)
        | PendingChallenge::NewContactCode(sent) => Some(by_code(sent.to.kind)),
        PendingChallenge::SoftwareToken | PendingChallenge::MfaSetup(Enrolment::Verified(_)) => {
            Some(AuthMethod::SoftwareToken)
        }
        PendingChallenge::Passkey(_) => Some(AuthMethod::Passkey),
        PendingChallenge::PasswordSrp
        | PendingChallenge::NewPassword(_)
        | PendingChallenge::Custom(_)
        | PendingChallenge::DeviceSrp
        | PendingChallenge::DevicePasswordVerifier(_)
        | PendingChallenge::SelectMfa
        | PendingChallenge::MfaSetup(Enrolment::Asked | Enrolment::Associated(_)) => None,
    }
}

/// Returns whether a session that waits for this answer begins before anything is proven.
pub fn is_first_factor(stage: &Stage) -> bool {
    let Stage::SigningIn(pending) = stage else { return true };
    matches!(
        pending,
        PendingChallenge::Select
            | PendingChallenge::Password
            | PendingChallenge::PasswordSrp
            | PendingChallenge::PasswordVerifier(_)
            | PendingChallenge::CustomPasswordVerifier(_)
            | PendingChallenge::OneTimeCode(_)
            | PendingChallenge::Custom(_)
            | PendingChallenge::Passkey(_)
    )
}
