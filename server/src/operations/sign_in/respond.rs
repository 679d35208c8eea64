//! What RespondToAuthChallenge and AdminRespondToAuthChallenge have in common: everything but who may call them.

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{Step, respond},
    id::{ClientId, PoolId},
    sign_in::{challenge::ChallengeName, parameter::Parameters},
    user::auth_event::EventKind,
};

use super::{
    custom::{Functions, Replies},
    finish::{self, Ending},
    step as steps,
};
use crate::{
    operations::{Failure, RequestContext},
    triggers::TokenOccasion,
    wire::{auth_event::ClientContext, sign_in::Answered},
};

/// A response to a challenge.
pub(super) struct ChallengeResponse {
    /// The pool that an administrator names.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) name: &'static str,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata, which triggers get as such (*Documented*, cog-0234).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// What the client says of the user's device.
    pub(super) context: ClientContext,
}

pub(super) async fn respond(
    request: RequestContext<'_>,
    asked: &ChallengeResponse,
) -> Result<Answered, Failure> {
    let app = request.app();
    let name = ChallengeName::parse(asked.name).ok_or(Refusal::SessionInvalid)?;
    let (fresh, replies) = (steps::fresh(app)?, Replies::default());
    let request =
        request.with_metadata(asked.metadata.clone()).with_event(EventKind::SignIn, asked.context.clone())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.signing_client(asked.pool.as_ref(), &asked.client).await?;
            let caller = client.caller(asked.parameters.find("SECRET_HASH"));
            let response = respond::read(&caller, name, asked.session.as_deref(), &asked.parameters)?;
            let handle = response.handle.as_deref();
            let sent_device = asked.parameters.find("DEVICE_KEY");
            let query = steps::query(&caller, response.username, handle, sent_device);
            let found = tx.find_user(&caller.pool.id, query).await?;
            let step = Step {
                caller,
                typed: response.username,
                found: found.found_to_sign_in(),
                presented: found.presented(),
                device: steps::device(&found, sent_device),
                fresh: &fresh,
                relying_party: app.settings.relying_party.as_deref(),
                now: tx.now(),
            };
            let wanted = respond::names_wanted(&step, &response.answer);
            let holders = tx.find_holders(&caller.pool.id, &wanted, None).await?;
            let next = respond::next(&step, &response.answer, handle, &holders)?;
            let functions = Functions { context: client.context(request.cause()), replies: &replies };
            let verdict = steps::decide(app, &step, next, true, &holders, &functions).await?;
            steps::conclude_event(&tx, &step, &verdict);
            Ok(verdict.map(|outcome| (client, outcome)))
        })
        .await?;
    let (cause, client) = (request.cause(), &client);
    let ending = Ending { cause, client, occasion: occasion(name), contents: None };
    finish::answer(&request, ending, outcome).await
}

/// On what occasion there are tokens, if this was the last challenge.
fn occasion(answered: ChallengeName) -> TokenOccasion {
    match answered {
        ChallengeName::NewPasswordRequired => TokenOccasion::NewPasswordChallenge,
        ChallengeName::DevicePasswordVerifier => TokenOccasion::AuthenticateDevice,
        _ => TokenOccasion::Authentication,
    }
}
