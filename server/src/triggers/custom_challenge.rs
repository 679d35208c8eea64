//! DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: the functions of CUSTOM_AUTH.
//!
//! What follows from their answers is [`lido_domain::flow::sign_in::custom_auth`]'s. Each of them is asked once a request. A
//! pool that lacks one that is needed is told by nothing in place of an answer.

use std::collections::BTreeMap;

use lido_domain::flow::sign_in::custom_auth::{ChallengeDefinition, ChallengeResult, CustomChallenge};
use serde_json::{Map, Value, json};

use super::{
    Claimant, EventContext, Trigger, TriggerFault, Triggers,
    event::{flag, text},
};
use crate::wire::lambda_config;

/// The longest text that an answer of the API can carry (*Documented*, in the model), and so a challenge.
const MOST_CHARACTERS: usize = 131_072;

/// A challenge that CreateAuthChallenge made.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CreatedChallenge {
    /// What the client is shown.
    pub public: BTreeMap<String, String>,
    /// What its answer is judged by.
    pub private: BTreeMap<String, String>,
    /// What later events call it.
    pub metadata: Option<String>,
}

impl std::fmt::Debug for CreatedChallenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedChallenge").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Triggers {
    /// Asks what comes after what has been.
    pub async fn define_challenge(
        &self,
        context: EventContext<'_>,
        claimant: Claimant<'_>,
        past: &[ChallengeResult],
    ) -> Result<Option<ChallengeDefinition>, TriggerFault> {
        let Some(arn) = lambda_config::define_challenge(context.pool) else { return Ok(None) };
        let request = context.with_metadata(json!({ "session": session(past) }));
        let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
        let event = claimant.event(context, "DefineAuthChallenge_Authentication", request, response);
        let mut response = self.ask(Trigger::DefineAuthChallenge, arn, &event).await?;
        let fails = flag(&response, "failAuthentication")?;
        let is_done = flag(&response, "issueTokens")?;
        let name = text(&mut response, "challengeName")?;
        // *Chosen*: of contradicting answers the safest.
        Ok(Some(match name.as_deref() {
            _ if fails => ChallengeDefinition::Fail,
            _ if is_done => ChallengeDefinition::Tokens,
            Some("CUSTOM_CHALLENGE") => ChallengeDefinition::Custom,
            Some("PASSWORD_VERIFIER") => ChallengeDefinition::PasswordVerifier,
            _ => return Err(TriggerFault::unrecognizable()),
        }))
    }

    /// Asks for a challenge (cog-0201).
    pub async fn create_challenge(
        &self,
        context: EventContext<'_>,
        claimant: Claimant<'_>,
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
        let mut response = self.ask(Trigger::CreateAuthChallenge, arn, &event).await?;
        Ok(Some(CreatedChallenge {
            public: texts(&mut response, "publicChallengeParameters")?,
            private: texts(&mut response, "privateChallengeParameters")?,
            metadata: text(&mut response, "challengeMetadata")?,
        }))
    }

    /// Asks whether the answer to a challenge is right.
    pub async fn verify_challenge(
        &self,
        context: EventContext<'_>,
        claimant: Claimant<'_>,
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
        let response = self.ask(Trigger::VerifyAuthChallengeResponse, arn, &event).await?;
        flag(&response, "answerCorrect").map(Some)
    }
}

/// What has been, as events tell it. Every element has its three members (*Observed* in public reports).
fn session(past: &[ChallengeResult]) -> Value {
    let told = past.iter().map(|result| {
        json!({
            "challengeName": result.challenge.as_str(),
            "challengeResult": result.is_right,
            "challengeMetadata": result.metadata,
        })
    });
    told.collect()
}

/// A member of texts; absent and `null` are none.
fn texts(response: &mut Map<String, Value>, name: &str) -> Result<BTreeMap<String, String>, TriggerFault> {
    let members = match response.remove(name) {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(TriggerFault::unrecognizable()),
    };
    let fits = |text: &str| text.chars().count() <= MOST_CHARACTERS;
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(value) if fits(&name) && fits(&value) => Ok((name, value)),
            _ => Err(TriggerFault::unrecognizable()),
        })
        .collect()
}
