//! CUSTOM_AUTH: challenges that functions of the pool's owner define, make and judge.
//!
//! DefineAuthChallenge says what comes next, by what has been; CreateAuthChallenge makes a challenge, and
//! VerifyAuthChallengeResponse judges its answer. Whoever begins with SRP_A shows the password first (*Documented*).
//! The functions are asked by the caller, between the steps that are here: [`Standing`] says with what, [`then`] what
//! follows from DefineAuthChallenge's word, [`ask`] sends the challenge out.
//!
//! What a challenge must not give away lies sealed in its session. With nobody everything takes the same steps, and
//! the functions are told (cog-0186); whatever they say, nobody gets tokens. Whoever has a second factor is asked for it
//! when the functions are satisfied (*Documented* is only that it is asked for after a password; *Chosen* is never to
//! leave it out).

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Outcome, Step, admission, begin, finish};
use crate::{
    Refusal, Verdict,
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{Asked, Awaited},
        parameter::Parameters,
        srp::exchange::PublicValue,
    },
};

/// How many challenges a sign-in may have. *Chosen*: no limit is documented, and a session must end.
const MOST_CHALLENGES: usize = 100;

/// A challenge that is over, as functions are told of it: an element of `session`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeResult {
    /// Which it was.
    pub challenge: PastChallenge,
    /// Whether it was answered rightly.
    pub is_right: bool,
    /// What CreateAuthChallenge called it. Functions keep codes here, so it is hidden like one.
    pub metadata: Option<String>,
}

/// The challenges of a custom sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastChallenge {
    /// SRP_A: the client's half of an exchange came, with which everything begins.
    SrpA,
    /// PASSWORD_VERIFIER.
    PasswordVerifier,
    /// CUSTOM_CHALLENGE.
    Custom,
}

impl PastChallenge {
    /// As events spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            PastChallenge::SrpA => "SRP_A",
            PastChallenge::PasswordVerifier => "PASSWORD_VERIFIER",
            PastChallenge::Custom => "CUSTOM_CHALLENGE",
        }
    }

    const fn right(self) -> ChallengeResult {
        ChallengeResult { challenge: self, is_right: true, metadata: None }
    }
}

/// A challenge that waits for its answer. Its session keeps it sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomChallenge {
    /// What has been before it, the oldest first.
    pub past: Vec<ChallengeResult>,
    /// What its answer is judged by: privateChallengeParameters.
    pub private: BTreeMap<String, String>,
    /// challengeMetadata.
    pub metadata: Option<String>,
}

impl CustomChallenge {
    /// What has been once it is answered.
    pub fn answered(self, is_right: bool) -> Vec<ChallengeResult> {
        let result = ChallengeResult { challenge: PastChallenge::Custom, is_right, metadata: self.metadata };
        let mut past = self.past;
        past.push(result);
        past
    }

    /// The challenge as bytes, to be sealed.
    pub fn to_secret(&self) -> Secret {
        // Texts and flags can always be written down.
        Secret::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`CustomChallenge::to_secret`] wrote.
    pub fn from_secret(secret: &Secret) -> Option<Self> {
        serde_json::from_slice(secret.expose()).ok()
    }
}

impl fmt::Debug for ChallengeResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengeResult")
            .field("challenge", &self.challenge)
            .field("is_right", &self.is_right)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomChallenge").field("past", &self.past).finish_non_exhaustive()
    }
}

/// Where a custom sign-in stands when its functions are to be asked.
#[derive(Clone, Debug)]
pub enum Standing<'a> {
    /// It begins, with the client's half of an exchange or without.
    Begun(Option<PublicValue>),
    /// The password was right.
    PasswordShown,
    /// A challenge, sealed, has got this answer: VerifyAuthChallengeResponse is to judge it first.
    Answered(&'a Sealed, &'a str),
}

impl Standing<'_> {
    /// What has been, where no answer is to be judged.
    pub fn past(&self) -> Vec<ChallengeResult> {
        match self {
            Standing::Begun(None) | Standing::Answered(..) => Vec::new(),
            Standing::Begun(Some(_)) => vec![PastChallenge::SrpA.right()],
            Standing::PasswordShown => {
                vec![PastChallenge::SrpA.right(), PastChallenge::PasswordVerifier.right()]
            }
        }
    }
}

/// What DefineAuthChallenge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definition {
    /// failAuthentication.
    Fail,
    /// issueTokens.
    Tokens,
    /// A challenge that CreateAuthChallenge is to make.
    Custom,
    /// The password.
    PasswordVerifier,
}

/// What follows.
#[derive(Debug)]
pub enum Then {
    /// The step is at its end.
    Decided(Verdict<Outcome>),
    /// Begin an exchange with this value, then ask [`super::password_verifier::ask_in_custom`].
    Exchange(PublicValue),
    /// Let CreateAuthChallenge make a challenge, then ask [`ask`].
    Create,
}

/// Reads how a custom sign-in begins: with the password if CHALLENGE_NAME is SRP_A, and with whatever
/// DefineAuthChallenge says if it is anything else.
pub(super) fn read(parameters: &Parameters) -> Result<Option<PublicValue>, Refusal> {
    if parameters.find("CHALLENGE_NAME") != Some("SRP_A") {
        return Ok(None);
    }
    begin::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A")).map(Some)
}

/// Whether a right claim leads back to the functions.
pub fn is_password_asked(step: &Step<'_>) -> bool {
    matches!(step.check_session(), Ok(Awaited::CustomPasswordVerifier(_)))
}

/// What follows from DefineAuthChallenge's word, after what has been.
///
/// *Chosen*: a sign-in that fails counts like a wrong password, and is told as one (cog-0163); a password is asked for
/// at the beginning only, since an exchange needs the client's half (*Documented*: SRP must come first).
pub fn then(
    step: &Step<'_>,
    standing: &Standing<'_>,
    past: &[ChallengeResult],
    definition: Definition,
) -> Result<Then, Refusal> {
    let user = admission::admit(step)?;
    let fail = || {
        let mut verdict = step.fail(Refusal::WrongPassword);
        verdict.remember.extend(step.leave());
        Then::Decided(verdict)
    };
    Ok(match (definition, user, standing) {
        (Definition::Fail, ..) | (Definition::Tokens, None, _) => fail(),
        (Definition::Tokens, Some(user), _) => {
            let remember = step.leave().into_iter().collect();
            Then::Decided(finish::sign_in(step, user.clone(), remember))
        }
        (Definition::Custom, ..) if past.len() >= MOST_CHALLENGES => fail(),
        (Definition::Custom, ..) => Then::Create,
        (Definition::PasswordVerifier, _, Standing::Begun(Some(a))) => Then::Exchange(a.clone()),
        (Definition::PasswordVerifier, ..) => return Err(Refusal::ChallengeOutOfPlace),
    })
}

/// Goes on with a challenge that was made: `challenge` is sealed, `shown` its publicChallengeParameters.
pub fn ask(step: &Step<'_>, challenge: Sealed, shown: BTreeMap<String, String>) -> Verdict<Outcome> {
    let asked = Asked::Custom { username: step.username(), parameters: shown };
    let remember = step.leave().into_iter().collect();
    finish::challenge(step, Awaited::Custom(challenge), asked, Vec::new(), remember)
}

#[cfg(test)]
#[path = "custom_tests.rs"]
mod tests;
