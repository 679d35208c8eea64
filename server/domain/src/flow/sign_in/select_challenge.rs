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
    pool::{FirstFactor, Pool, Tier, passkeys::RelyingParty},
    sign_in::{
        challenge::{ChallengeName, ChallengePrompt, PendingChallenge},
        session::Stage,
    },
    user::{Status, User, first_factors::FactorTraits},
};

/// Returns the first factors of `user`, or of an unknown user, in the order of AvailableChallenges (*Observed* for the
/// first two, cog-0176). Those of an unknown user are [simulated](crate::user::simulated).
pub(super) fn available(step: &Step<'_>, user: Option<&User>) -> Vec<ChallengeName> {
    let pool = step.caller.pool;
    let factors = match user {
        Some(user) => FactorTraits::of(pool, step.relying_party, user),
        None => step.simulated_user().factors(pool),
    };
    let offered = offered(pool, step.relying_party, &factors);
    if offered.is_empty() && (user.is_none() || step.hides_status()) {
        // Every name has one at least, as every user who can sign in has; so has a user who cannot, where that is hidden.
        let factors = FactorTraits { has_password: true, ..factors };
        return self::offered(pool, step.relying_party, &factors);
    }
    offered
}

/// Returns the challenges that the pool offers to a user with these factors. `relying_party` is the one for pools that
/// configure none.
///
/// PASSWORD and PASSWORD_SRP are available if the user has a password. The others require the feature plan, and are not
/// available to a user with a temporary password (cog-0176).
pub(in crate::flow) fn offered(
    pool: &Pool,
    relying_party: Option<&str>,
    factors: &FactorTraits,
) -> Vec<ChallengeName> {
    let is_passwordless = !factors.has_temporary_password;
    // *Documented*: one-time codes as first factor and MFA exclude each other.
    let may_use_codes = is_passwordless && pool.tier >= Tier::Essentials && !factors.needs_second_factor;
    let allows =
        |factor, kind| may_use_codes && pool.first_factors.contains(&factor) && factors.has_contact(kind);
    let may_use_passkey = is_passwordless && RelyingParty::get_for_pool(pool, relying_party).is_ok();
    [
        (ChallengeName::PasswordSrp, factors.has_password),
        (ChallengeName::Password, factors.has_password),
        (ChallengeName::EmailOtp, allows(FirstFactor::EmailOtp, ContactKind::Email)),
        (ChallengeName::SmsOtp, allows(FirstFactor::SmsOtp, ContactKind::PhoneNumber)),
        (ChallengeName::WebAuthn, may_use_passkey && factors.has_passkey),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| is_there.then_some(name))
    .collect()
}

/// Signs in by the session of a confirmed sign-up, which is valid once.
pub(super) fn after_sign_up<'a>(step: &Step<'_>, user: Option<&User>) -> Result<NextAction<'a>, Refusal> {
    let PresentedSession { session, .. } = step.presented.ok_or(Refusal::SessionInvalid)?;
    session.check(&step.sub(), &step.caller.client.id, Stage::Confirmed, step.now)?;
    step.check_bound(session)?;
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
