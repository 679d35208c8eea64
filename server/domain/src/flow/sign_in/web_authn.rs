//! WEB_AUTHN: a passkey signs a challenge of the server.
//!
//! A challenge is valid for one answer, right or wrong, as WebAuthn requires. A wrong answer counts like a wrong
//! password (*Chosen*: signatures cannot be guessed, but the lock-out applies to every factor).
//!
//! If the app client hides users, an unknown user may receive this challenge too. So that both look alike, the challenge
//! then never lists the passkeys (*Chosen*): authenticators find them by the relying party, because each passkey was
//! registered as discoverable.
//!
//! *Documented*: CREDENTIAL may already be sent with the answer to SELECT_CHALLENGE. It is ignored there (*Chosen*),
//! because the client has not received a challenge that it could have signed.

use super::{NextAction, PasskeyAssertion, SignInOutcome, Step, admission, completion, select_challenge};
use crate::{
    Change, Refusal, Verdict,
    pool::passkeys::{FactorConfiguration, RelyingParty},
    refusal::PasskeyFault,
    sign_in::challenge::{ChallengeName, ChallengePrompt, PasskeyPrompt, PendingChallenge},
    user::{
        User,
        passkey::{self, Passkey, PasskeyChallenge},
    },
};

/// Returns whether the challenge is available to `user`: the pool allows passkeys, and the user has one for its relying
/// party. It is not available with a temporary password, like codes (cog-0176).
fn is_offered(step: &Step<'_>, user: &User) -> bool {
    select_challenge::available(step, Some(user)).contains(&ChallengeName::WebAuthn)
}

fn party(step: &Step<'_>) -> Result<RelyingParty, Refusal> {
    RelyingParty::get_for_pool(step.caller.pool, step.relying_party)
}

/// Sends the challenge.
pub(super) fn send_challenge(
    step: &Step<'_>,
    user: Option<&User>,
) -> Result<Verdict<SignInOutcome>, Refusal> {
    let (client, party, challenge) = (step.caller.client, party(step)?, step.fresh.passkey.clone());
    let allowed = match user.filter(|_| !client.hides_users) {
        Some(user) => passkey::usable(user, &party).cloned().collect(),
        None => Vec::new(),
    };
    let pending = PendingChallenge::Passkey(challenge.clone());
    let prompt = PasskeyPrompt { challenge, party, allowed, ttl: client.session_ttl() };
    let remember = step.use_up_session().into_iter().collect();
    let available = vec![ChallengeName::WebAuthn];
    Ok(completion::challenge(step, pending, ChallengePrompt::Passkey(Box::new(prompt)), available, remember))
}

/// Returns the next action for an answer to the challenge: the verification of the assertion.
pub(super) fn next_action<'a>(
    step: &Step<'_>,
    challenge: &'a PasskeyChallenge,
    credential: &'a str,
) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?;
    // The pool may have disabled passkeys since the challenge was sent.
    let party = party(step).map_err(|_| Refusal::SessionInvalid)?;
    let passkeys = user.map(|user| passkey::usable(user, &party).cloned().collect()).unwrap_or_default();
    Ok(NextAction::VerifyPasskey(Box::new(PasskeyAssertion {
        credential,
        challenge,
        party,
        of: step.sub(),
        passkeys,
    })))
}

/// Decides after the verification. `signed` is the passkey that has signed, with its new counter; `None` if none has.
pub fn decide(step: &Step<'_>, signed: Option<Passkey>) -> Verdict<SignInOutcome> {
    let user = match admission::admit(step) {
        Err(refusal) => return Verdict::refuse(refusal),
        Ok(user) => user.filter(|user| is_offered(step, user)),
    };
    let (Some(user), Some(signed)) = (user, signed) else {
        let mut verdict = step.fail(Refusal::Passkey(PasskeyFault::AssertionInvalid));
        verdict.remember.extend(step.use_up_session());
        return verdict;
    };
    let mut user = user.clone();
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    // The counter has changed, unless the authenticator has none.
    if let Some(kept) = user.passkeys.iter_mut().find(|kept| kept.id == signed.id)
        && *kept != signed
    {
        *kept = signed;
        remember.push(Change::PutUser(Box::new(user.clone())));
    }
    match step.caller.pool.passkeys.factor {
        // *Documented*: with user verification, which is then required, a passkey satisfies MFA.
        FactorConfiguration::MultiFactor => completion::after_second_factor(step, user, remember),
        FactorConfiguration::SingleFactor => completion::after_first_factor(step, user, remember),
    }
}

#[cfg(test)]
#[path = "web_authn_tests.rs"]
mod tests;
