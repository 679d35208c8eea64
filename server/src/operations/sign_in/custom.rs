//! The functions of CUSTOM_AUTH, asked in their order. The rules are [`lido_domain::flow::sign_in::custom`]'s.

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

/// What the functions replied to a request: each is asked once, however often the request is attempted.
#[derive(Debug, Default)]
pub(super) struct Replies {
    verified: OnceCell<Option<bool>>,
    defined: OnceCell<Option<Definition>>,
    created: OnceCell<Option<CreatedChallenge>>,
}

/// The functions of a pool, and what they replied.
#[derive(Debug)]
pub(super) struct Functions<'a> {
    pub(super) context: EventContext<'a>,
    pub(super) replies: &'a Replies,
}

/// Asks the functions how a custom sign-in goes on, and decides.
pub(super) async fn go_on(
    app: &App,
    step: &Step<'_>,
    functions: &Functions<'_>,
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
            let sealed = app.keys.seal_custom_challenge(pool, &of, &challenge)?;
            Ok(custom::ask(step, sealed, created.public))
        }
    }
}
