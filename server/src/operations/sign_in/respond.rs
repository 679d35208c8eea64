//! The steps that RespondToAuthChallenge and AdminRespondToAuthChallenge share.
//!
//! The rules are in [`lido_domain::flow::sign_in::respond_to_auth_challenge`].

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{Step, respond_to_auth_challenge},
    id::{ClientId, PoolId},
    sign_in::{challenge::ChallengeName, parameter::Parameters},
    user::{auth_event::EventKind, sent_messages::MessageCause},
};

use super::{
    custom::{ChallengeTriggers, TriggerReplies},
    step as steps,
    tokens::{self, IssueContext},
};
use crate::{
    operations::{Failure, RequestContext},
    triggers::TokenTriggerSource,
    wire::{auth_event::ClientContext, sign_in::AuthOutput},
};

/// The input of RespondToAuthChallenge or AdminRespondToAuthChallenge.
pub(super) struct ChallengeResponse {
    /// The pool; only AdminRespondToAuthChallenge has it.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) name: &'static str,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata, which trigger events contain under this name (*Documented*, cog-0234).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// The device of the user, as the app client describes it.
    pub(super) context: ClientContext,
}

/// Continues a sign-in.
pub(super) async fn respond(
    request: RequestContext<'_>,
    input: &ChallengeResponse,
) -> Result<AuthOutput, Failure> {
    let app = request.app();
    let name = ChallengeName::parse(input.name).ok_or(Refusal::SessionInvalid)?;
    let (fresh, replies) = (steps::generate_fresh_values(app)?, TriggerReplies::default());
    let request =
        request.with_metadata(input.metadata.clone()).with_event(EventKind::SignIn, input.context.clone())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(input.pool.as_ref(), &input.client).await?;
            let caller = client.caller(input.parameters.find("SECRET_HASH"));
            let response =
                respond_to_auth_challenge::read(&caller, name, input.session.as_deref(), &input.parameters)?;
            let handle = response.handle.as_deref();
            let sent_device = input.parameters.find("DEVICE_KEY");
            let first = MessageCause::sign_in(input.pool.is_some());
            let query = steps::user_query(&caller, response.username, handle, sent_device, first);
            let loaded = tx.find_user(&caller.pool.id, query).await?;
            let step = Step {
                caller,
                typed: response.username,
                found: loaded.found_to_sign_in(),
                presented: loaded.presented(),
                device: steps::device(&loaded, sent_device),
                fresh: &fresh,
                relying_party: app.settings.relying_party.as_deref(),
                authorizing: None,
                now: tx.now(),
            };
            let names = respond_to_auth_challenge::names_to_reserve(&step, &response.answer);
            let holders = tx.find_holders(&caller.pool.id, &names, None).await?;
            let next = respond_to_auth_challenge::next_action(&step, &response.answer, handle, &holders)?;
            let context = client.event_context(request.info());
            let triggers = ChallengeTriggers { context, replies: &replies };
            let verdict = steps::decide(app, &step, next, true, &holders, &triggers).await?;
            let verdict = step.limit_messages(&loaded.sent, first, verdict);
            steps::conclude_event(&tx, &step, &verdict);
            Ok(verdict.map(|outcome| (client, outcome)))
        })
        .await?;
    let (info, source) = (request.info(), trigger_source(name));
    let context = IssueContext { info, client: &client, source, contents: None };
    tokens::to_auth_output(&request, context, outcome).await
}

/// Returns the trigger source of PreTokenGeneration if `name` is the last challenge of the sign-in.
fn trigger_source(name: ChallengeName) -> TokenTriggerSource {
    match name {
        ChallengeName::NewPasswordRequired => TokenTriggerSource::NewPasswordChallenge,
        ChallengeName::DevicePasswordVerifier => TokenTriggerSource::AuthenticateDevice,
        _ => TokenTriggerSource::Authentication,
    }
}
