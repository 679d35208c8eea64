//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: the triggers of CUSTOM_AUTH.
//!
//! [`lido_domain::flow::sign_in::custom_auth`] decides by their responses. Each is invoked at most once per request. The
//! methods return `None` if the pool does not have the trigger.

use std::collections::BTreeMap;

use lido_domain::flow::sign_in::custom_auth::{ChallengeDefinition, ChallengeResult, CustomChallenge};
use serde_json::{Map, Value, json};

use super::{
    EventContext, SignInUser, Trigger, TriggerFault, Triggers,
    event::{flag, text},
};
use crate::wire::lambda_config;

/// The most characters of a key or value in a challenge, because a response of the API can contain no more
/// (*Documented*, in the model).
const MAX_CHARACTERS: usize = 131_072;

/// A challenge from CreateAuthChallenge.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CreatedChallenge {
    /// The public parameters, which the client receives.
    pub public: BTreeMap<String, String>,
    /// The private parameters, which VerifyAuthChallengeResponse receives.
    pub private: BTreeMap<String, String>,
    /// The metadata, which later events contain.
    pub metadata: Option<String>,
}

impl std::fmt::Debug for CreatedChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedChallenge").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Triggers {
    /// Invokes DefineAuthChallenge, which decides the next step after the `past` challenges.
    pub async fn define_challenge(
        &self,
        context: EventContext<'_>,
        claimant: SignInUser<'_>,
        past: &[ChallengeResult],
    ) -> Result<Option<ChallengeDefinition>, TriggerFault> {
        let Some(arn) = lambda_config::define_challenge(context.pool) else { return Ok(None) };
        let request = context.with_metadata(json!({ "session": session(past) }));
        let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
        let event = claimant.event(context, "DefineAuthChallenge_Authentication", request, response);
        let mut response = self.invoke(Trigger::DefineAuthChallenge, arn, &event).await?;
        let fails = flag(&response, "failAuthentication")?;
        let is_done = flag(&response, "issueTokens")?;
        let name = text(&mut response, "challengeName")?;
        // *Chosen*: of contradictory results the safest.
        Ok(Some(match name.as_deref() {
            _ if fails => ChallengeDefinition::Fail,
            _ if is_done => ChallengeDefinition::Tokens,
            Some("CUSTOM_CHALLENGE") => ChallengeDefinition::Custom,
            Some("PASSWORD_VERIFIER") => ChallengeDefinition::PasswordVerifier,
            _ => return Err(TriggerFault::Unrecognizable),
        }))
    }

    /// Invokes CreateAuthChallenge for a challenge (cog-0201).
    pub async fn create_challenge(
        &self,
        context: EventContext<'_>,
        claimant: SignInUser<'_>,
        past: &[ChallengeResult],
    ) -> Result<Option<CreatedChallenge>, TriggerFault> {
        let Some(arn) = lambda_config::create_challenge(context.pool) else { return Ok(None) };
        let request = json!({ "challengeName": "CUSTOM_CHALLENGE", "session": session(past) });
        let response = json!({
            "publicChallengeParameters": null,
            "privateChallengeParameters": null,
            "challengeMetadata": null,
        });
        let request = context.with_metadata(request);
        let event = claimant.event(context, "CreateAuthChallenge_Authentication", request, response);
        let mut response = self.invoke(Trigger::CreateAuthChallenge, arn, &event).await?;
        Ok(Some(CreatedChallenge {
            public: texts(&mut response, "publicChallengeParameters")?,
            private: texts(&mut response, "privateChallengeParameters")?,
            metadata: text(&mut response, "challengeMetadata")?,
        }))
    }

    /// Invokes VerifyAuthChallengeResponse, and returns whether the answer to a challenge is correct.
    pub async fn verify_challenge(
        &self,
        context: EventContext<'_>,
        claimant: SignInUser<'_>,
        challenge: &CustomChallenge,
        answer: &str,
    ) -> Result<Option<bool>, TriggerFault> {
        let Some(arn) = lambda_config::verify_challenge(context.pool) else { return Ok(None) };
        let request = context.with_metadata(json!({
            "privateChallengeParameters": challenge.private,
            "challengeAnswer": answer,
        }));
        let response = json!({ "answerCorrect": null });
        let source = "VerifyAuthChallengeResponse_Authentication";
        let event = claimant.event(context, source, request, response);
        let response = self.invoke(Trigger::VerifyAuthChallengeResponse, arn, &event).await?;
        flag(&response, "answerCorrect").map(Some)
    }
}

/// Returns the past challenges as events contain them, always with all three members (*Observed* in public reports).
fn session(past: &[ChallengeResult]) -> Value {
    let results = past.iter().map(|result| {
        json!({
            "challengeName": result.challenge.as_str(),
            "challengeResult": result.is_right,
            "challengeMetadata": result.metadata,
        })
    });
    results.collect()
}

/// Returns a member that is a map of texts. A missing member and `null` are empty maps.
fn texts(response: &mut Map<String, Value>, name: &str) -> Result<BTreeMap<String, String>, TriggerFault> {
    let members = match response.remove(name) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(TriggerFault::Unrecognizable),
    };
    let fits = |text: &str| text.chars().count() <= MAX_CHARACTERS;
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(value) if fits(&name) && fits(&value) => Ok((name, value)),
            _ => Err(TriggerFault::Unrecognizable),
        })
        .collect()
}
