//! The triggers of CUSTOM_AUTH, invoked in their order.
//!
//! The rules are in [`lido_domain::flow::sign_in::custom`].

use lido_domain::{
    Refusal, Verdict,
    flow::sign_in::{
        Outcome, Step,
        custom::{self, CustomChallenge, Definition, Standing, Then},
    },
};

use tokio::sync::OnceCell;

use super::step as steps;
use crate::{
    app::App,
    operations::failure::Failure,
    triggers::{Claimant, CreatedChallenge, EventContext},
};

/// The replies of the triggers. Each is invoked once per request, however often the request is attempted.
#[derive(Debug, Default)]
pub(super) struct TriggerReplies {
    verified: OnceCell<Option<bool>>,
    defined: OnceCell<Option<Definition>>,
    created: OnceCell<Option<CreatedChallenge>>,
}

/// The triggers of CUSTOM_AUTH of a pool, with their replies.
#[derive(Debug)]
pub(super) struct ChallengeTriggers<'a> {
    pub(super) context: EventContext<'a>,
    pub(super) replies: &'a TriggerReplies,
}

/// Invokes the triggers for the next challenge of a custom sign-in, and decides.
///
/// # Errors
/// `CustomAuthWithoutTriggers` if the pool lacks one of the triggers.
pub(super) async fn next_challenge(
    app: &App,
    step: &Step<'_>,
    triggers: &ChallengeTriggers<'_>,
    standing: Standing<'_>,
) -> Result<Verdict<Outcome>, Failure> {
    let ChallengeTriggers { context, replies } = triggers;
    let (context, triggers) = (*context, &app.triggers);
    let (pool_id, sub, username) = (&step.caller.pool.id, step.of(), step.username());
    let hides_users = step.caller.client.hides_users;
    let claimant = Claimant { username: &username, user: step.found.user, hides_users };
    let past = match standing {
        Standing::Answered(sealed, answer) => {
            let challenge = app.keys.open_custom_challenge(pool_id, &sub, sealed)?;
            let verify = || triggers.verify_challenge(context, claimant, &challenge, answer);
            let verified = *replies.verified.get_or_try_init(verify).await?;
            challenge.answered(verified.ok_or(Refusal::CustomAuthWithoutTriggers)?)
        }
        Standing::Begun(_) | Standing::PasswordShown => standing.past(),
    };
    let define = || triggers.define_challenge(context, claimant, &past);
    let defined = *replies.defined.get_or_try_init(define).await?;
    let defined = defined.ok_or(Refusal::CustomAuthWithoutTriggers)?;
    match custom::then(step, &standing, &past, defined)? {
        Then::Decided(verdict) => Ok(verdict),
        Then::Exchange(a) => steps::exchange_in_custom(app, step, a).await,
        Then::Create => {
            let create = || triggers.create_challenge(context, claimant, &past);
            let created = replies.created.get_or_try_init(create).await?.clone();
            let created = created.ok_or(Refusal::CustomAuthWithoutTriggers)?;
            let challenge = CustomChallenge { past, private: created.private, metadata: created.metadata };
            let sealed = app.keys.seal_custom_challenge(pool_id, &sub, &challenge)?;
            Ok(custom::ask(step, sealed, created.public))
        }
    }
}
