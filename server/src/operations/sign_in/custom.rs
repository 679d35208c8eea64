//! The triggers of CUSTOM_AUTH, invoked in their order.
//!
//! The rules are in [`lido_domain::flow::sign_in::custom_auth`].

use lido_domain::{
    Refusal, Verdict,
    flow::sign_in::{
        SignInOutcome, Step,
        custom_auth::{self, ChallengeDefinition, CustomAuthAction, CustomAuthState, CustomChallenge},
    },
};

use tokio::sync::OnceCell;

use super::step as steps;
use crate::{
    app::App,
    operations::failure::Failure,
    triggers::{CreatedChallenge, EventContext, SignInUser},
};

/// The replies of the triggers. Each is invoked once per request, however often the request is attempted.
#[derive(Debug, Default)]
pub(super) struct TriggerReplies {
    verified: OnceCell<Option<bool>>,
    defined: OnceCell<Option<ChallengeDefinition>>,
    created: OnceCell<Option<CreatedChallenge>>,
}

/// The triggers of CUSTOM_AUTH of a pool, with their replies.
#[derive(Debug)]
pub(super) struct ChallengeTriggers<'a> {
    pub(super) context: EventContext<'a>,
    pub(super) replies: &'a TriggerReplies,
}

/// Invokes the triggers for the next challenge of a custom sign-in and returns the verdict.
///
/// # Errors
/// `CustomAuthWithoutTriggers` if the pool lacks one of the triggers.
pub(super) async fn next_challenge(
    app: &App,
    step: &Step<'_>,
    triggers: &ChallengeTriggers<'_>,
    standing: CustomAuthState<'_>,
) -> Result<Verdict<SignInOutcome>, Failure> {
    let ChallengeTriggers { context, replies } = triggers;
    let (context, triggers) = (*context, &app.triggers);
    let (pool_id, sub, username) = (&step.caller.pool.id, step.sub(), step.username());
    let hides_users = step.caller.client.hides_users;
    let sign_in_user = SignInUser { username: &username, user: step.found.user, hides_users };
    let past = match standing {
        CustomAuthState::Answered(sealed, answer) => {
            let challenge = app.keys.open_custom_challenge(pool_id, &sub, sealed)?;
            let verify = || triggers.verify_challenge(context, sign_in_user, &challenge, answer);
            let verified = *replies.verified.get_or_try_init(verify).await?;
            challenge.answered(verified.ok_or(Refusal::CustomAuthWithoutTriggers)?)
        }
        CustomAuthState::Started(_) | CustomAuthState::PasswordVerified => standing.past(),
    };
    let define = || triggers.define_challenge(context, sign_in_user, &past);
    let defined = *replies.defined.get_or_try_init(define).await?;
    let defined = defined.ok_or(Refusal::CustomAuthWithoutTriggers)?;
    match custom_auth::apply_definition(step, &standing, &past, defined)? {
        CustomAuthAction::Decided(verdict) => Ok(verdict),
        CustomAuthAction::BeginSrp(a) => steps::exchange_in_custom(app, step, a).await,
        CustomAuthAction::CreateChallenge => {
            let create = || triggers.create_challenge(context, sign_in_user, &past);
            let created = replies.created.get_or_try_init(create).await?.clone();
            let created = created.ok_or(Refusal::CustomAuthWithoutTriggers)?;
            let challenge = CustomChallenge { past, private: created.private, metadata: created.metadata };
            let sealed = app.keys.seal_custom_challenge(pool_id, &sub, &challenge)?;
            Ok(custom_auth::send_challenge(step, sealed, created.public))
        }
    }
}
