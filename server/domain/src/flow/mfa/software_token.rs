//! AssociateSoftwareToken and VerifySoftwareToken with an access token, and AdminDeleteSoftwareToken.
//!
//! A new app replaces the old one once it is verified, so that a user who stops half-way keeps the old one (*Chosen*).
//! Verifying does not enable the factor (*Documented*); see [`super::preference`] for that. With a Session in place of
//! an access token, see [`crate::flow::sign_in::mfa_setup`].

use crate::{
    Change, Refusal, Timestamp, Verdict,
    pool::{Pool, mfa::MfaFactor},
    secret::Sealed,
    sign_in::lockout::Failures,
    user::{
        Status, User,
        software_token::{SoftwareToken, TokenSecret},
    },
};

/// Stores a new secret, sealed for the user, until it is verified.
pub fn associate(pool: &Pool, user: &User, sealed: Sealed) -> Verdict<()> {
    if let Err(refusal) = pool.mfa.check_software_token() {
        return Verdict::refuse(refusal);
    }
    let mut user = user.clone();
    user.mfa.pending_token = Some(sealed);
    Verdict { remember: vec![Change::PutUser(Box::new(user))], answer: Ok(()) }
}

/// Returns the secret that waits for verification.
///
/// # Errors
///
/// Refuses a user who is locked out, and one without such a secret.
pub fn get_pending<'a>(
    user: &'a User,
    failures: Option<&Failures>,
    now: Timestamp,
) -> Result<&'a Sealed, Refusal> {
    Failures::check(failures, now)?;
    user.mfa.pending_token.as_ref().ok_or(Refusal::SoftwareTokenMissing)
}

/// Verifies the app by a code. `secret` is the opened secret of [`get_pending`]. A wrong code counts like a wrong
/// password.
pub fn verify(
    user: &User,
    failures: Option<&Failures>,
    secret: &TokenSecret,
    code: &str,
    name: Option<String>,
    now: Timestamp,
) -> Verdict<()> {
    let sealed = match get_pending(user, failures, now) {
        Ok(sealed) => sealed.clone(),
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let Some(step) = secret.find_step(code, now) else {
        let change =
            Change::PutFailures { of: user.sub.clone(), failures: Failures::increment(failures, now) };
        return Verdict { remember: vec![change], answer: Err(Refusal::SoftwareTokenMismatch) };
    };
    let mut user = User { modified_at: now, ..user.clone() };
    user.mfa.pending_token = None;
    user.mfa.token = Some(SoftwareToken::new(sealed, step, name));
    Verdict { remember: vec![Change::PutUser(Box::new(user))], answer: Ok(()) }
}

/// Deletes the user's app and the secret that waits for verification. The factor is then off, and the user may set up
/// another app (*Documented*: the API reference of AdminDeleteSoftwareToken). *Chosen*: without an app nothing changes.
pub fn delete(user: Option<&User>, now: Timestamp) -> Verdict<()> {
    let Some(user) = user else { return Verdict::refuse(Refusal::UserNotFound) };
    if user.status == Status::Unconfirmed {
        return Verdict::refuse(Refusal::UserNotConfirmed);
    }
    if user.mfa.token.is_none() && user.mfa.pending_token.is_none() {
        return Verdict::accept(());
    }
    let mut user = User { modified_at: now, ..user.clone() };
    user.mfa.turn_off(MfaFactor::SoftwareToken);
    (user.mfa.token, user.mfa.pending_token) = (None, None);
    Verdict { remember: vec![Change::PutUser(Box::new(user))], answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, secret::Secret, user::software_token::SECRET_BYTES};

    const NOW: Timestamp = Timestamp::from_millis(1_111_111_111_000);

    fn secret() -> TokenSecret {
        TokenSecret::from_secret(Secret::new([7; SECRET_BYTES])).expect("a secret")
    }

    fn put(verdict: Verdict<()>) -> User {
        assert!(verdict.answer.is_ok());
        match verdict.remember.into_iter().next() {
            Some(Change::PutUser(user)) => *user,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn software_token_is_stored_once_a_code_verifies_it() {
        let (mut pool, ann) = (fixture::pool(), fixture::user("ann"));
        let refused = associate(&pool, &ann, Sealed::from_text("s"));
        assert_eq!(refused.answer, Err(Refusal::SoftwareTokenNotAllowed));
        pool.mfa.factors.insert(MfaFactor::SoftwareToken);
        let ann = put(associate(&pool, &ann, Sealed::from_text("s")));
        assert_eq!(ann.mfa.token, None);
        let wrong = verify(&ann, None, &secret(), "abc", None, NOW);
        assert_eq!(wrong.answer, Err(Refusal::SoftwareTokenMismatch));
        assert!(
            matches!(wrong.remember.as_slice(), [Change::PutFailures { failures, .. }] if failures.count == 1)
        );
        let code = secret().code_at(NOW);
        let ann = put(verify(&ann, None, &secret(), &code, Some("phone".into()), NOW));
        assert_eq!((ann.mfa.pending_token.as_ref(), ann.mfa.active.len()), (None, 0));
        let token = ann.mfa.token.clone().expect("a token");
        assert_eq!((token.secret.as_text(), token.name.as_deref()), ("s", Some("phone")));
        assert_eq!(token.use_code(&secret(), &code, NOW), Err(Refusal::SoftwareTokenUsed));
        assert_eq!(get_pending(&ann, None, NOW), Err(Refusal::SoftwareTokenMissing));
    }

    #[test]
    fn verify_software_token_while_locked_out_is_refused() {
        let mut ann = fixture::user("ann");
        ann.mfa.pending_token = Some(Sealed::from_text("s"));
        let failures = Failures { count: 8, last_at: NOW };
        let outcome = verify(&ann, Some(&failures), &secret(), "000000", None, NOW);
        assert_eq!((outcome.remember.len(), outcome.answer), (0, Err(Refusal::LockedOut)));
    }

    #[test]
    fn delete_removes_the_app_and_turns_the_factor_off() {
        let mut ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        assert!(delete(Some(&ann), NOW).remember.is_empty());
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, None));
        ann.mfa.pending_token = Some(Sealed::from_text("t"));
        ann.mfa.turn_on(MfaFactor::SoftwareToken);
        ann.mfa.preferred = Some(MfaFactor::SoftwareToken);
        assert!(put(delete(Some(&ann), NOW)).mfa.is_default());
        let unconfirmed = User { status: Status::Unconfirmed, ..ann };
        assert_eq!(delete(Some(&unconfirmed), NOW).answer, Err(Refusal::UserNotConfirmed));
        assert_eq!(delete(None, NOW).answer, Err(Refusal::UserNotFound));
    }
}
