//! USER_AUTH and SELECT_CHALLENGE: the user chooses a first factor among those that are there.
//!
//! A preference that is not available is no error: the client is shown what is (*Documented*, cog-0179). A choice that
//! brings what the factor needs is carried on at once; one that does not is asked for it.
//!
//! The Session of ConfirmSignUp stands for a first factor: the code of the sign-up (*Documented*, cog-0182).

use super::{Next, Outcome, Presented, Step, admission, begin::Wish, finish, one_time_code, passkey};
use crate::{
    Refusal, Verdict,
    attribute::contact::ContactKind,
    pool::{FirstFactor, Pool, Tier, mfa::MfaMode},
    sign_in::{
        challenge::{Asked, Awaited, ChallengeName},
        session::Stage,
    },
    user::{Status, User, mfa::Due},
};

/// The first factors among which `user`, or nobody, may choose, in the order in which they are shown (*Observed* for
/// the first two, cog-0176).
///
/// PASSWORD is there wherever the user has one. Codes need the feature plan and a contact, and are not offered to a
/// user with a temporary password (cog-0176).
pub(super) fn available(step: &Step<'_>, user: Option<&User>) -> Vec<ChallengeName> {
    offered(step.caller.pool, step.relying_party, user)
}

/// The same, for whoever asks what a sign-in would offer. `relying_party` is that of pools that name none.
pub(in crate::flow) fn offered(
    pool: &Pool,
    relying_party: Option<&str>,
    user: Option<&User>,
) -> Vec<ChallengeName> {
    let has_password = user.is_none_or(|user| user.credential.is_some());
    // *Documented*: codes as the only factor and second factors exclude each other.
    let is_asked_again = match user {
        Some(user) => Due::of(&pool.mfa, user) != Due::Nothing,
        None => pool.mfa.mode == MfaMode::On,
    };
    let may_use_codes = pool.tier >= Tier::Essentials
        && !is_asked_again
        && user.is_none_or(|user| !matches!(user.status, Status::ForceChangePassword { .. }));
    let reaches = |kind| user.is_none_or(|user| user.attributes.contact(kind).is_some());
    let allows = |factor, kind| may_use_codes && pool.first_factors.contains(&factor) && reaches(kind);
    [
        (ChallengeName::PasswordSrp, has_password),
        (ChallengeName::Password, has_password),
        (ChallengeName::EmailOtp, allows(FirstFactor::EmailOtp, ContactKind::Email)),
        (ChallengeName::SmsOtp, allows(FirstFactor::SmsOtp, ContactKind::PhoneNumber)),
        (ChallengeName::WebAuthn, passkey::is_offered(pool, relying_party, user)),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| is_there.then_some(name))
    .collect()
}

/// What comes next for whoever has just signed up: tokens, once.
pub(super) fn after_sign_up<'a>(step: &Step<'_>, user: Option<&User>) -> Result<Next<'a>, Refusal> {
    let Presented { session, .. } = step.presented.ok_or(Refusal::SessionInvalid)?;
    session.check(&step.of(), &step.caller.client.id, Stage::Confirmed, step.now)?;
    // Whoever was given a temporary password since is to show that, as with codes (*Chosen*).
    let is_temporary = |user: &&User| matches!(user.status, Status::ForceChangePassword { .. });
    let user = user.filter(|user| !is_temporary(user)).ok_or(Refusal::SessionInvalid)?;
    let remember = step.leave().into_iter().collect();
    Ok(Next::Decided(finish::sign_in(step, user.clone(), remember)))
}

/// What comes next for whoever answers SELECT_CHALLENGE. An answer that is no choice is refused (*Chosen*).
pub(super) fn answer<'a>(step: &Step<'_>, wish: &Wish<'a>) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?;
    match wish.preferred {
        Some(preferred) if available(step, user).contains(&preferred) => choose(step, user, wish),
        _ => Err(Refusal::ParameterInvalid("ANSWER")),
    }
}

/// What comes next for whoever may choose.
pub(super) fn choose<'a>(step: &Step<'_>, user: Option<&User>, wish: &Wish<'a>) -> Result<Next<'a>, Refusal> {
    let available = available(step, user);
    let preferred = wish.preferred.filter(|preferred| available.contains(preferred));
    Ok(match (preferred, wish.password, &wish.a) {
        (Some(ChallengeName::Password), Some(password), _) => Next::Compare(password),
        (Some(ChallengeName::PasswordSrp), _, Some(a)) => Next::Exchange(a.clone()),
        (Some(ChallengeName::EmailOtp), ..) => Next::Decided(one_time_code::ask(step, ContactKind::Email)?),
        (Some(ChallengeName::SmsOtp), ..) => {
            Next::Decided(one_time_code::ask(step, ContactKind::PhoneNumber)?)
        }
        (Some(ChallengeName::WebAuthn), ..) => Next::Decided(passkey::ask(step, user)?),
        (Some(name @ ChallengeName::Password), ..) => {
            ask(step, Awaited::Password, Asked::Password, vec![name])
        }
        (Some(name @ ChallengeName::PasswordSrp), ..) => {
            ask(step, Awaited::PasswordSrp, Asked::PasswordSrp, vec![name])
        }
        _ => ask(step, Awaited::Select, Asked::Select, available),
    })
}

fn ask<'a>(step: &Step<'_>, awaited: Awaited, asked: Asked, available: Vec<ChallengeName>) -> Next<'a> {
    let remember = step.leave().into_iter().collect();
    let verdict: Verdict<Outcome> = finish::challenge(step, awaited, asked, available, remember);
    Next::Decided(verdict)
}

#[cfg(test)]
#[path = "choice_tests.rs"]
mod tests;
