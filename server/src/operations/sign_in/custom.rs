//! The functions of CUSTOM_AUTH, asked in their order. The rules are [`lido_domain::flow::sign_in::custom`]'s.

use lido_domain::{
    Refusal, Verdict,
    flow::sign_in::{
        Outcome, Step,
        custom::{self, CustomChallenge, Definition, Standing, Then},
    },
};

use super::work;
use crate::{
    app::App,
    operations::failure::Failure,
    triggers::{Claimant, CreatedChallenge, EventContext},
};

/// What the functions replied to a request: each is asked once, however often the request decides.
#[derive(Debug, Default)]
pub(super) struct Replies {
    verified: Option<bool>,
    defined: Option<Definition>,
    created: Option<CreatedChallenge>,
}

/// The functions of a pool, and what they replied.
#[derive(Debug)]
pub(super) struct Functions<'a> {
    pub(super) context: EventContext<'a>,
    pub(super) replies: &'a mut Replies,
}

/// Asks the functions how a custom sign-in goes on, and decides.
pub(super) async fn go_on(
    app: &App,
    step: &Step<'_>,
    functions: &mut Functions<'_>,
    standing: Standing<'_>,
) -> Result<Verdict<Outcome>, Failure> {
    let Functions { context, replies } = functions;
    let (context, triggers) = (*context, &app.triggers);
    let (pool, of, username) = (&step.caller.pool.id, step.of(), step.username());
    let hides_users = step.caller.client.hides_users;
    let claimant = Claimant { username: &username, user: step.found.user, hides_users };
    let past = match standing {
        Standing::Answered(sealed, answer) => {
            let challenge = app.keys.open_custom_challenge(pool, &of, sealed)?;
            if replies.verified.is_none() {
                replies.verified = triggers.verify_challenge(context, claimant, &challenge, answer).await?;
            }
            challenge.answered(replies.verified.ok_or(Refusal::CustomAuthWithoutTriggers)?)
        }
        Standing::Begun(_) | Standing::PasswordShown => standing.past(),
    };
    if replies.defined.is_none() {
        replies.defined = triggers.define_challenge(context, claimant, &past).await?;
    }
    let defined = replies.defined.ok_or(Refusal::CustomAuthWithoutTriggers)?;
    match custom::then(step, &standing, &past, defined)? {
        Then::Decided(verdict) => Ok(verdict),
        Then::Exchange(a) => work::exchange_in_custom(app, step, a).await,
        Then::Create => {
            if replies.created.is_none() {
                replies.created = triggers.create_challenge(context, claimant, &past).await?;
            }
            let created = replies.created.clone().ok_or(Refusal::CustomAuthWithoutTriggers)?;
            let challenge = CustomChallenge { past, private: created.private, metadata: created.metadata };
            let sealed = app.keys.seal_custom_challenge(pool, &of, &challenge)?;
            Ok(custom::ask(step, sealed, created.public))
        }
    }
}
