//! WEB_AUTHN: a passkey signs what this server thought up.
//!
//! A challenge is good for one answer, right or wrong, since that is what WebAuthn rests on. A wrong answer counts like
//! a wrong password (*Chosen*: nobody guesses a signature, but whoever is locked out is locked out of all).
//!
//! Where an app client hides who exists, nobody is asked for a passkey like anybody. So that the two look alike there,
//! the client is not told which passkeys may sign (*Chosen*): authenticators find them by the relying party, since each
//! was registered to be found so.
//!
//! *Documented* is that CREDENTIAL may come with the answer to SELECT_CHALLENGE already; it is passed over there
//! (*Chosen*), since the client has been told nothing that it could have signed.

use super::{Next, Outcome, Signed, Step, admission, finish};
use crate::{
    Change, Refusal, Verdict,
    pool::{
        Pool,
        passkeys::{FactorConfiguration, RelyingParty},
    },
    refusal::PasskeyFault,
    sign_in::challenge::{Asked, AskedPasskey, Awaited, ChallengeName},
    user::{
        Status, User,
        passkey::{self, Passkey, PasskeyChallenge},
    },
};

/// Whether `user`, or nobody, may sign in so: the pool allows it, and there is a passkey that is good here. With a
/// temporary password it is not offered, as codes are not (cog-0176).
pub(super) fn is_offered(pool: &Pool, relying_party: Option<&str>, user: Option<&User>) -> bool {
    let Ok(party) = RelyingParty::of_enabled(pool, relying_party) else { return false };
    user.is_none_or(|user| {
        let is_temporary = matches!(user.status, Status::ForceChangePassword { .. });
        !is_temporary && passkey::usable(user, &party).next().is_some()
    })
}

fn party(step: &Step<'_>) -> Result<RelyingParty, Refusal> {
    RelyingParty::of_enabled(step.caller.pool, step.relying_party)
}

/// Goes on with the challenge.
pub(super) fn ask(step: &Step<'_>, user: Option<&User>) -> Result<Verdict<Outcome>, Refusal> {
    let (client, party, challenge) = (step.caller.client, party(step)?, step.fresh.passkey.clone());
    let allowed = match user.filter(|_| !client.hides_users) {
        Some(user) => passkey::usable(user, &party).cloned().collect(),
        None => Vec::new(),
    };
    let awaited = Awaited::Passkey(challenge.clone());
    let asked = AskedPasskey { challenge, party, allowed, ttl: client.session_ttl() };
    let remember = step.leave().into_iter().collect();
    let available = vec![ChallengeName::WebAuthn];
    Ok(finish::challenge(step, awaited, Asked::Passkey(Box::new(asked)), available, remember))
}

/// What comes next: what the passkey signed is to be verified.
pub(super) fn next<'a>(
    step: &Step<'_>,
    challenge: &'a PasskeyChallenge,
    credential: &'a str,
) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?;
    // A session of when the pool had passkeys asks for what is no longer to be had.
    let party = party(step).map_err(|_| Refusal::SessionInvalid)?;
    let passkeys = user.map(|user| passkey::usable(user, &party).cloned().collect()).unwrap_or_default();
    Ok(Next::Verify(Box::new(Signed { credential, challenge, party, of: step.of(), passkeys })))
}

/// Decides, knowing which passkey has signed, as it is now; nothing, if none has.
pub fn decide(step: &Step<'_>, signed: Option<Passkey>) -> Verdict<Outcome> {
    let user = match admission::admit(step) {
        Err(refusal) => return Verdict::refuse(refusal),
        Ok(user) => user.filter(|user| is_offered(step.caller.pool, step.relying_party, Some(user))),
    };
    let (Some(user), Some(signed)) = (user, signed) else {
        let mut verdict = step.fail(Refusal::Passkey(PasskeyFault::NotShown));
        verdict.remember.extend(step.leave());
        return verdict;
    };
    let mut user = user.clone();
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    // What it counts has changed, unless it does not count.
    if let Some(kept) = user.passkeys.iter_mut().find(|kept| kept.id == signed.id)
        && *kept != signed
    {
        *kept = signed;
        remember.push(Change::PutUser(Box::new(user.clone())));
    }
    match step.caller.pool.passkeys.factor {
        // *Documented*: with user verification, which is required there, it satisfies what the pool asks of MFA.
        FactorConfiguration::MultiFactor => finish::complete(step, user, remember),
        FactorConfiguration::SingleFactor => finish::sign_in(step, user, remember),
    }
}

#[cfg(test)]
#[path = "passkey_tests.rs"]
mod tests;
