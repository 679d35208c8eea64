//! USER_AUTH and SELECT_CHALLENGE: the user selects a first factor among the available ones.
//!
//! A preference that is not available is no error: the answer is SELECT_CHALLENGE with the available challenges
//! (*Documented*, cog-0179). If the request already has the parameters of the selected factor, the sign-in goes on with
//! them; otherwise the answer is the challenge of that factor.
//!
//! The Session of ConfirmSignUp counts as a first factor: the code of the sign-up (*Documented*, cog-0182).

use super::{
    NextAction, PresentedSession, SignInOutcome, Step, admission, completion,
    initiate_auth::ChallengePreference, one_time_code, web_authn,
};
use crate::{
    Refusal, Verdict,
    attribute::contact::ContactKind,
    pool::{FirstFactor, Pool, Tier, mfa::MfaMode},
    sign_in::{
        challenge::{ChallengeName, ChallengePrompt, PendingChallenge},
        session::Stage,
    },
    user::{Status, User, mfa::MfaRequirement},
};

/// Returns the first factors of `user`, or of an unknown user, in the order of AvailableChallenges (*Observed* for the
/// first two, cog-0176).
///
/// PASSWORD and PASSWORD_SRP are available if the user has a password. Codes require the feature plan and a contact,
/// and are not available to a user with a temporary password (cog-0176).
pub(super) fn available(step: &Step<'_>, user: Option<&User>) -> Vec<ChallengeName> {
    offered(step.caller.pool, step.relying_party, user)
}

/// Returns the same outside of a sign-in. `relying_party` is the one for pools that configure none.
pub(in crate::flow) fn offered(
    pool: &Pool,
    relying_party: Option<&str>,
    user: Option<&User>,
) -> Vec<ChallengeName> {
    let has_password = user.is_none_or(|user| user.credential.is_some());
    // *Documented*: one-time codes as first factor and MFA exclude each other.
    let needs_second_factor = match user {
        Some(user) => MfaRequirement::of(&pool.mfa, user) != MfaRequirement::Nothing,
        None => pool.mfa.mode == MfaMode::On,
    };
    let may_use_codes = pool.tier >= Tier::Essentials
        && !needs_second_factor
        && user.is_none_or(|user| !matches!(user.status, Status::ForceChangePassword { .. }));
    let reaches = |kind| user.is_none_or(|user| user.attributes.contact(kind).is_some());
    let allows = |factor, kind| may_use_codes && pool.first_factors.contains(&factor) && reaches(kind);
    [
        (ChallengeName::PasswordSrp, has_password),
        (ChallengeName::Password, has_password),
        (ChallengeName::EmailOtp, allows(FirstFactor::EmailOtp, ContactKind::Email)),
        (ChallengeName::SmsOtp, allows(FirstFactor::SmsOtp, ContactKind::PhoneNumber)),
        (ChallengeName::WebAuthn, web_authn::is_offered(pool, relying_party, user)),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| is_there.then_some(name))
    .collect()
}

/// Signs in by the session of a confirmed sign-up, which is valid once.
pub(super) fn after_sign_up<'a>(step: &Step<'_>, user: Option<&User>) -> Result<NextAction<'a>, Refusal> {
    let PresentedSession { session, .. } = step.presented.ok_or(Refusal::SessionInvalid)?;
    session.check(&step.sub(), &step.caller.client.id, Stage::Confirmed, step.now)?;
    // *Chosen*, as for codes: a user who got a temporary password since must sign in with it.
    let is_temporary = |user: &&User| matches!(user.status, Status::ForceChangePassword { .. });
    let user = user.filter(|user| !is_temporary(user)).ok_or(Refusal::SessionInvalid)?;
    let remember = step.use_up_session().into_iter().collect();
    Ok(NextAction::Decided(completion::after_first_factor(step, user.clone(), remember)))
}

/// Returns the next action for an answer to SELECT_CHALLENGE. A factor that is not available is refused (*Chosen*).
pub(super) fn answer<'a>(
    step: &Step<'_>,
    preference: &ChallengePreference<'a>,
) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?;
    match preference.preferred {
        Some(preferred) if available(step, user).contains(&preferred) => choose(step, user, preference),
        _ => Err(Refusal::ParameterInvalid("ANSWER")),
    }
}

/// Returns the next action for a preference.
pub(super) fn choose<'a>(
    step: &Step<'_>,
    user: Option<&User>,
    preference: &ChallengePreference<'a>,
) -> Result<NextAction<'a>, Refusal> {
    let available = available(step, user);
    let preferred = preference.preferred.filter(|preferred| available.contains(preferred));
    Ok(match (preferred, preference.password, &preference.a) {
        (Some(ChallengeName::Password), Some(password), _) => NextAction::ComparePassword(password),
        (Some(ChallengeName::PasswordSrp), _, Some(a)) => NextAction::BeginSrp(a.clone()),
        (Some(ChallengeName::EmailOtp), ..) => {
            NextAction::Decided(one_time_code::send_challenge(step, ContactKind::Email)?)
        }
        (Some(ChallengeName::SmsOtp), ..) => {
            NextAction::Decided(one_time_code::send_challenge(step, ContactKind::PhoneNumber)?)
        }
        (Some(ChallengeName::WebAuthn), ..) => NextAction::Decided(web_authn::send_challenge(step, user)?),
        (Some(name @ ChallengeName::Password), ..) => {
            send_challenge(step, PendingChallenge::Password, ChallengePrompt::Password, vec![name])
        }
        (Some(name @ ChallengeName::PasswordSrp), ..) => {
            send_challenge(step, PendingChallenge::PasswordSrp, ChallengePrompt::PasswordSrp, vec![name])
        }
        _ => send_challenge(step, PendingChallenge::Select, ChallengePrompt::Select, available),
    })
}

fn send_challenge<'a>(
    step: &Step<'_>,
    pending: PendingChallenge,
    prompt: ChallengePrompt,
    available: Vec<ChallengeName>,
) -> NextAction<'a> {
    let remember = step.use_up_session().into_iter().collect();
    let verdict: Verdict<SignInOutcome> = completion::challenge(step, pending, prompt, available, remember);
    NextAction::Decided(verdict)
}

#[cfg(test)]
#[path = "select_challenge_tests.rs"]
mod tests;
