//! The steps that RespondToAuthChallenge and AdminRespondToAuthChallenge share.
//!
//! The rules are in [`lido_domain::flow::sign_in::respond_to_auth_challenge`].

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{
        PageSignIn, SignInOutcome, Step, challenge_retry::ChallengeRetry, respond_to_auth_challenge,
    },
    id::{ClientId, PoolId},
    sign_in::{challenge::ChallengeName, parameter::Parameters},
    token::grant::GrantedAccess,
    user::{auth_event::EventKind, sent_messages::MessageCause},
};

use super::{
    custom::{ChallengeTriggers, TriggerReplies},
    step as steps,
    tokens::{self, IssueContext},
};
use crate::{
    operations::{Failure, RequestContext, client::LoadedClient},
    triggers::TokenTriggerSource,
    wire::{auth_event::ClientContext, sign_in::AuthOutput},
};

/// The input of RespondToAuthChallenge, of AdminRespondToAuthChallenge, or of the form of a page.
pub(in crate::operations) struct ChallengeResponse {
    /// The pool; only AdminRespondToAuthChallenge has it.
    pub(in crate::operations) pool: Option<PoolId>,
    pub(in crate::operations) client: ClientId,
    pub(in crate::operations) name: &'static str,
    pub(in crate::operations) session: Option<String>,
    pub(in crate::operations) parameters: Parameters,
    /// ClientMetadata, which trigger events contain under this name (*Documented*, cog-0234).
    pub(in crate::operations) metadata: Option<BTreeMap<String, String>>,
    /// The device of the user, as the app client describes it.
    pub(in crate::operations) context: ClientContext,
    /// The access that the user grants on a page; `None` for an operation.
    pub(in crate::operations) page: Option<GrantedAccess>,
    /// What the user of a page asks for in place of the answer.
    pub(in crate::operations) retry: Option<ChallengeRetry>,
}

/// Continues a sign-in.
pub(super) async fn respond(
    request: RequestContext<'_>,
    input: &ChallengeResponse,
) -> Result<AuthOutput, Failure> {
    let name = ChallengeName::parse(input.name).ok_or(Refusal::SessionInvalid)?;
    let (request, client, outcome) = run(request, name, input).await?;
    let (info, source) = (request.info(), trigger_source(name));
    let context = IssueContext { info, client: &client, source, contents: None };
    tokens::to_auth_output(&request, context, outcome).await
}

/// Continues a sign-in on a page. Returns the app client and the outcome, for which no tokens are issued yet.
pub(in crate::operations) async fn respond_on_page(
    request: RequestContext<'_>,
    name: ChallengeName,
    input: &ChallengeResponse,
) -> Result<(LoadedClient, SignInOutcome), Failure> {
    let (_, client, outcome) = run(request, name, input).await?;
    Ok((client, outcome))
}

async fn run<'a>(
    request: RequestContext<'a>,
    name: ChallengeName,
    input: &ChallengeResponse,
) -> Result<(RequestContext<'a>, LoadedClient, SignInOutcome), Failure> {
    let app = request.app();
    let on_page = input.page.as_ref().map(|access| Ok::<_, Failure>((access, app.entropy.bytes()?)));
    let on_page = on_page.transpose()?;
    let authorizing =
        on_page.as_ref().map(|(access, session)| PageSignIn { access, session, has_password: false });
    let (fresh, replies) = (steps::generate_fresh_values(app)?, TriggerReplies::default());
    let request =
        request.with_metadata(input.metadata.clone()).with_event(EventKind::SignIn, input.context.clone())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(input.pool.as_ref(), &input.client).await?;
            let caller = client.caller(input.parameters.find("SECRET_HASH"));
            let (session, parameters) = (input.session.as_deref(), &input.parameters);
            let response = match input.retry {
                None => respond_to_auth_challenge::read(&caller, name, session, parameters)?,
                Some(retry) => respond_to_auth_challenge::read_retry(&caller, retry, session, parameters)?,
            };
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
                authorizing,
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
    Ok((request, client, outcome))
}

/// Returns the trigger source of PreTokenGeneration if `name` is the last challenge of the sign-in.
fn trigger_source(name: ChallengeName) -> TokenTriggerSource {
    match name {
        ChallengeName::NewPasswordRequired => TokenTriggerSource::NewPasswordChallenge,
        ChallengeName::DevicePasswordVerifier => TokenTriggerSource::AuthenticateDevice,
        _ => TokenTriggerSource::Authentication,
    }
}
