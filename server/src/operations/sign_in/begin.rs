//! The steps that InitiateAuth and AdminInitiateAuth share.
//!
//! The rules are in [`lido_domain::flow::sign_in::initiate_auth`].

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{
        InitiateAuthFlow, NameHolders, SignInOutcome, Step,
        initiate_auth::{self, InitiateAuthRequest, SignInMethod},
        refresh_tokens::SecretProof,
    },
    id::{ClientId, PoolId},
    secret::Secret,
    sign_in::{lockout::Failures, parameter::Parameters},
    user::{auth_event::EventKind, sent_messages::MessageCause},
};
use tokio::sync::OnceCell;

use super::{
    custom::{ChallengeTriggers, TriggerReplies},
    renew::RenewalRequest,
    step as steps,
    tokens::{self, IssueContext},
};
use crate::{
    operations::{Failure, RequestContext, client::LoadedClient, migration::migrate},
    triggers::{SignInUser, TokenTriggerSource, TriggerFault, UnknownUser},
    wire::{auth_event::ClientContext, lambda_config, sign_in::AuthOutput},
};

/// The input of InitiateAuth or AdminInitiateAuth.
pub(super) struct SignInRequest {
    /// The pool; only AdminInitiateAuth has it.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) flow: InitiateAuthFlow,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata: the validation data of PreAuthentication, and of no other trigger (*Documented*, cog-0196).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// The device of the user, as the app client describes it.
    pub(super) context: ClientContext,
}

impl SignInRequest {
    /// Returns the refresh token; empty if the request has none.
    fn refresh_token(&self) -> &str {
        self.parameters.find("REFRESH_TOKEN").unwrap_or_default()
    }
}

/// The result of UserMigration, which is invoked once per request.
enum MigrationResult {
    /// The user exists now.
    Created,
    /// The user does not exist.
    NotCreated,
    /// The function has verified the password and refused it.
    WrongPassword(Failure),
}

/// The answer of the verdict.
enum BeginOutcome {
    SignIn(SignInOutcome),
    Renewal(SignInOutcome),
    /// As [`MigrationResult::WrongPassword`]: the verdict counts a failed attempt.
    WrongPassword,
}

/// Begins a sign-in, or renews tokens.
pub(super) async fn begin(request: RequestContext<'_>, input: &SignInRequest) -> Result<AuthOutput, Failure> {
    let app = request.app();
    let (fresh, replies) = (steps::generate_fresh_values(app)?, TriggerReplies::default());
    let (migration, pre_authentication) = (OnceCell::new(), OnceCell::new());
    let device = input.parameters.find("DEVICE_KEY");
    let renewal = RenewalRequest::new(app, input.refresh_token(), device, SecretProof::SecretHash)?;
    let request = request.with_event(EventKind::SignIn, input.context.clone())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(input.pool.as_ref(), &input.client).await?;
            let caller = client.caller(input.parameters.find("SECRET_HASH"));
            let (session, is_admin) = (input.session.as_deref(), input.pool.is_some());
            let sign_in =
                match initiate_auth::read(&caller, is_admin, input.flow, session, &input.parameters)? {
                    InitiateAuthRequest::Refresh(_) => {
                        let verdict = renewal.attempt(&request, &tx, &client, &caller).await?;
                        return Ok(verdict.map(|outcome| (client, BeginOutcome::Renewal(outcome))));
                    }
                    InitiateAuthRequest::SignIn(sign_in) => sign_in,
                };
            let is_custom = matches!(sign_in.method, SignInMethod::Custom(_));
            if is_custom && lambda_config::define_challenge(&client.pool).is_none() {
                return Err(Refusal::CustomAuthWithoutTriggers.into());
            }
            let first = MessageCause::sign_in(is_admin);
            let query = steps::user_query(&caller, sign_in.username, sign_in.session, device, first);
            let loaded = tx.find_user(&caller.pool.id, query).await?;
            let step = Step {
                caller,
                typed: sign_in.username,
                found: loaded.found_to_sign_in(),
                presented: loaded.presented(),
                device: steps::device(&loaded, device),
                fresh: &fresh,
                relying_party: app.settings.relying_party.as_deref(),
                now: tx.now(),
            };
            if let (Some(password), None) = (sign_in.method.password(), step.found.user) {
                if migration.get().is_none() {
                    Failures::check(step.found.failures, step.now)?;
                    let migrate = || migrate_user(&request, &client, input, sign_in.username, password);
                    if matches!(migration.get_or_try_init(migrate).await?, MigrationResult::Created) {
                        return Err(Failure::StaleReads);
                    }
                }
                if let Some(MigrationResult::WrongPassword(_)) = migration.get() {
                    let verdict = step.count_failure();
                    return Ok(verdict.map(|()| (client, BeginOutcome::WrongPassword)));
                }
            }
            let next = initiate_auth::next_action(&step, &sign_in)?;
            let context = client.event_context(request.info());
            let (username, hides_users) = (step.username(), caller.client.hides_users);
            let sign_in_user = SignInUser { username: &username, user: step.found.user, hides_users };
            let invoke = || app.triggers.pre_authentication(context, sign_in_user, input.metadata.as_ref());
            pre_authentication.get_or_try_init(invoke).await?;
            let is_choice = matches!(sign_in.method, SignInMethod::Choice(_));
            let triggers = ChallengeTriggers { context, replies: &replies };
            let verdict = steps::decide(app, &step, next, is_choice, &NameHolders::new(), &triggers).await?;
            let verdict = step.limit_messages(&loaded.sent, first, verdict);
            steps::conclude_event(&tx, &step, &verdict);
            Ok(verdict.map(|outcome| (client, BeginOutcome::SignIn(outcome))))
        })
        .await?;
    match outcome {
        BeginOutcome::SignIn(outcome) => {
            let (info, source) = (request.info(), TokenTriggerSource::Authentication);
            let context = IssueContext { info, client: &client, source, contents: None };
            tokens::to_auth_output(&request, context, outcome).await
        }
        BeginOutcome::Renewal(outcome) => {
            tokens::to_auth_output(&request, renewal.issue_context(&request, &client), outcome).await
        }
        BeginOutcome::WrongPassword => match migration.into_inner() {
            Some(MigrationResult::WrongPassword(failure)) => Err(failure),
            _ => Err(Refusal::WrongPassword.into()),
        },
    }
}

/// Invokes UserMigration for a user that does not exist.
async fn migrate_user(
    request: &RequestContext<'_>,
    client: &LoadedClient,
    input: &SignInRequest,
    typed: &str,
    password: &Secret,
) -> Result<MigrationResult, Failure> {
    let unknown = UnknownUser::SigningIn { password, validation_data: input.metadata.as_ref() };
    match migrate(request, client, typed, unknown).await {
        Ok(true) => Ok(MigrationResult::Created),
        Ok(false) => Ok(MigrationResult::NotCreated),
        Err(failure) if is_wrong_password(&failure) => Ok(MigrationResult::WrongPassword(failure)),
        Err(failure) => Err(failure),
    }
}

/// Returns whether UserMigration has probably refused the password, which counts as an attempt with a wrong password.
fn is_wrong_password(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Trigger(TriggerFault::FunctionError { .. }) | Failure::Refused(Refusal::MigrationFailed(_))
    )
}
