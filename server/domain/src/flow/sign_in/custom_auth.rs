//! CUSTOM_AUTH: challenges that the Lambda functions of the pool define, create and verify.
//!
//! DefineAuthChallenge returns what comes after the past challenges, CreateAuthChallenge creates a challenge, and
//! VerifyAuthChallengeResponse verifies its answer. A sign-in that starts with SRP_A begins with the password
//! (*Documented*). The server invokes the functions: [`CustomAuthState`] is what it passes to them,
//! [`apply_definition`] applies the reply of DefineAuthChallenge, and [`send_challenge`] sends the created challenge.
//!
//! The secrets of a challenge are stored sealed in its session. An unknown user takes the same steps, and the functions
//! learn that the user does not exist (cog-0186); such a sign-in never gets tokens. A second factor is asked for once
//! DefineAuthChallenge issues tokens (*Documented* only after a password; *Chosen* for every custom sign-in).

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{SignInOutcome, Step, admission, completion, initiate_auth};
use crate::{
    Refusal, Verdict,
    secret::{Sealed, Secret},
    sign_in::{
        challenge::{ChallengePrompt, PendingChallenge},
        parameter::Parameters,
        srp::exchange::PublicValue,
    },
};

/// The maximum number of challenges of a sign-in. *Chosen*: no limit is documented, but a sign-in must end.
const MAX_CHALLENGES: usize = 100;

/// The result of a past challenge: an element of `session` in the events.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeResult {
    /// The challenge.
    pub challenge: PastChallenge,
    /// Whether the answer was right.
    pub is_right: bool,
    /// The challengeMetadata of CreateAuthChallenge. Functions store codes in it, so `Debug` does not show it.
    pub metadata: Option<String>,
}

/// The kinds of challenges in a custom sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastChallenge {
    /// SRP_A: the sign-in started with the client value of an SRP exchange.
    SrpA,
    /// PASSWORD_VERIFIER.
    PasswordVerifier,
    /// CUSTOM_CHALLENGE.
    Custom,
}

impl PastChallenge {
    /// Returns the value of challengeName in events.
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

/// A challenge that waits for its answer. It is stored sealed in its session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomChallenge {
    /// The results of the earlier challenges, oldest first.
    pub past: Vec<ChallengeResult>,
    /// privateChallengeParameters, by which the answer is verified.
    pub private: BTreeMap<String, String>,
    /// challengeMetadata.
    pub metadata: Option<String>,
}

impl CustomChallenge {
    /// Returns the results of all challenges, once this one is answered.
    pub fn answered(self, is_right: bool) -> Vec<ChallengeResult> {
        let result = ChallengeResult { challenge: PastChallenge::Custom, is_right, metadata: self.metadata };
        let mut past = self.past;
        past.push(result);
        past
    }

    /// Serializes the challenge, to be sealed.
    pub fn to_secret(&self) -> Secret {
        // Serialization of strings and booleans cannot fail.
        Secret::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads the output of [`CustomChallenge::to_secret`].
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

/// The state of a custom sign-in at which the functions are invoked.
#[derive(Clone, Debug)]
pub enum CustomAuthState<'a> {
    /// It starts, with or without the client value of an SRP exchange.
    Started(Option<PublicValue>),
    /// The password was right.
    PasswordVerified,
    /// This sealed challenge was answered with this text, which VerifyAuthChallengeResponse must verify first.
    Answered(&'a Sealed, &'a str),
}

impl CustomAuthState<'_> {
    /// Returns the results of past challenges; none for [`CustomAuthState::Answered`], whose challenge contains them.
    pub fn past(&self) -> Vec<ChallengeResult> {
        match self {
            CustomAuthState::Started(None) | CustomAuthState::Answered(..) => Vec::new(),
            CustomAuthState::Started(Some(_)) => vec![PastChallenge::SrpA.right()],
            CustomAuthState::PasswordVerified => {
                vec![PastChallenge::SrpA.right(), PastChallenge::PasswordVerifier.right()]
            }
        }
    }
}

/// The reply of DefineAuthChallenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeDefinition {
    /// failAuthentication.
    Fail,
    /// issueTokens.
    Tokens,
    /// challengeName CUSTOM_CHALLENGE.
    Custom,
    /// challengeName PASSWORD_VERIFIER.
    PasswordVerifier,
}

/// The next action of the server in a custom sign-in.
#[derive(Debug)]
pub enum CustomAuthAction {
    /// This is the verdict.
    Decided(Verdict<SignInOutcome>),
    /// Begin an SRP exchange with this client value, then call
    /// [`super::password_verifier::send_challenge_in_custom_auth`].
    BeginSrp(PublicValue),
    /// Invoke CreateAuthChallenge, then call [`send_challenge`].
    CreateChallenge,
}

/// Reads how a custom sign-in starts: with the password if CHALLENGE_NAME is SRP_A, otherwise with the reply of
/// DefineAuthChallenge.
pub(super) fn read(parameters: &Parameters) -> Result<Option<PublicValue>, Refusal> {
    if parameters.find("CHALLENGE_NAME") != Some("SRP_A") {
        return Ok(None);
    }
    initiate_auth::public_value(parameters)?.ok_or(Refusal::ParameterMissing("SRP_A")).map(Some)
}

/// Returns whether the claim that the step answers is part of a custom sign-in, so that the functions are invoked next.
pub fn is_custom_auth_claim(step: &Step<'_>) -> bool {
    matches!(step.check_session(), Ok(PendingChallenge::CustomPasswordVerifier(_)))
}

/// Returns the next action for the reply of DefineAuthChallenge. `past` are the results of all challenges so far.
///
/// *Chosen*: a failed sign-in counts like a wrong password, and is refused like one (cog-0163). PASSWORD_VERIFIER is
/// accepted at the start only, because SRP needs the client's value (*Documented*: SRP must come first).
///
/// # Errors
///
/// Refuses a user who may not sign in (see [`admission`]), and PASSWORD_VERIFIER at any other place.
pub fn apply_definition(
    step: &Step<'_>,
    state: &CustomAuthState<'_>,
    past: &[ChallengeResult],
    definition: ChallengeDefinition,
) -> Result<CustomAuthAction, Refusal> {
    let user = admission::admit(step)?;
    let fail = || {
        let mut verdict = step.fail(Refusal::WrongPassword);
        verdict.remember.extend(step.use_up_session());
        CustomAuthAction::Decided(verdict)
    };
    Ok(match (definition, user, state) {
        (ChallengeDefinition::Fail, ..) | (ChallengeDefinition::Tokens, None, _) => fail(),
        (ChallengeDefinition::Tokens, Some(user), _) => {
            let remember = step.use_up_session().into_iter().collect();
            CustomAuthAction::Decided(completion::after_first_factor(step, user.clone(), remember))
        }
        (ChallengeDefinition::Custom, ..) if past.len() >= MAX_CHALLENGES => fail(),
        (ChallengeDefinition::Custom, ..) => CustomAuthAction::CreateChallenge,
        (ChallengeDefinition::PasswordVerifier, _, CustomAuthState::Started(Some(a))) => {
            CustomAuthAction::BeginSrp(a.clone())
        }
        (ChallengeDefinition::PasswordVerifier, ..) => return Err(Refusal::PasswordChallengeNotAllowed),
    })
}

/// Sends a created challenge: `challenge` is sealed, `public` are its publicChallengeParameters.
pub fn send_challenge(
    step: &Step<'_>,
    challenge: Sealed,
    public: BTreeMap<String, String>,
) -> Verdict<SignInOutcome> {
    let prompt = ChallengePrompt::Custom { username: step.username(), parameters: public };
    let remember = step.use_up_session().into_iter().collect();
    completion::challenge(step, PendingChallenge::Custom(challenge), prompt, Vec::new(), remember)
}

#[cfg(test)]
#[path = "custom_auth_tests.rs"]
mod tests;
