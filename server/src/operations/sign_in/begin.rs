//! The steps that InitiateAuth, AdminInitiateAuth and the sign-in page share.
//!
//! The rules are in [`lido_domain::flow::sign_in::initiate_auth`].

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{
        InitiateAuthFlow, NameHolders, PageSignIn, SignInOutcome, Step,
        initiate_auth::{self, InitiateAuthRequest, SignInMethod},
        refresh_tokens::SecretProof,
    },
    id::{ClientId, PoolId},
    secret::Secret,
    sign_in::{lockout::Failures, parameter::Parameters},
    token::grant::GrantedAccess,
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

/// The input of InitiateAuth, of AdminInitiateAuth, or of a sign-in page.
pub(in crate::operations) struct SignInRequest {
    /// The pool; only AdminInitiateAuth has it.
    pub(in crate::operations) pool: Option<PoolId>,
    pub(in crate::operations) client: ClientId,
    /// The flow; USER_PASSWORD_AUTH or USER_AUTH on a page.
    pub(in crate::operations) flow: InitiateAuthFlow,
    pub(in crate::operations) session: Option<String>,
    pub(in crate::operations) parameters: Parameters,
    /// ClientMetadata: the validation data of PreAuthentication, and of no other trigger (*Documented*, cog-0196).
    pub(in crate::operations) metadata: Option<BTreeMap<String, String>>,
    /// The device of the user, as the app client describes it.
    pub(in crate::operations) context: ClientContext,
    /// The access that the user grants on a page; `None` for an operation.
    pub(in crate::operations) page: Option<GrantedAccess>,
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

/// A sign-in that has begun, or a renewal.
struct BegunSignIn<'a, 'b> {
    request: RequestContext<'a>,
    client: LoadedClient,
    renewal: RenewalRequest<'b>,
    outcome: BeginOutcome,
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
    let BegunSignIn { request, client, renewal, outcome } = run(request, input).await?;
    match outcome {
        BeginOutcome::SignIn(outcome) => {
            let (info, source) = (request.info(), TokenTriggerSource::Authentication);
            let context = IssueContext { info, client: &client, source, contents: None };
            tokens::to_auth_output(&request, context, outcome).await
        }
        BeginOutcome::Renewal(outcome) => {
            tokens::to_auth_output(&request, renewal.issue_context(&request, &client), outcome).await
        }
        BeginOutcome::WrongPassword => Err(Refusal::WrongPassword.into()),
    }
}

/// Begins a sign-in on a page. Returns the app client and the outcome, for which no tokens are issued yet.
pub(in crate::operations) async fn begin_on_page(
    request: RequestContext<'_>,
    input: &SignInRequest,
) -> Result<(LoadedClient, SignInOutcome), Failure> {
    let BegunSignIn { client, outcome, .. } = run(request, input).await?;
    match outcome {
        BeginOutcome::SignIn(outcome) | BeginOutcome::Renewal(outcome) => Ok((client, outcome)),
        BeginOutcome::WrongPassword => Err(Refusal::WrongPassword.into()),
    }
}

async fn run<'a, 'b>(
    request: RequestContext<'a>,
    input: &'b SignInRequest,
) -> Result<BegunSignIn<'a, 'b>, Failure> {
    let app = request.app();
    let (fresh, replies) = (steps::generate_fresh_values(app)?, TriggerReplies::default());
    let (migration, pre_authentication) = (OnceCell::new(), OnceCell::new());
    let device = input.parameters.find("DEVICE_KEY");
    let renewal = RenewalRequest::new(app, input.refresh_token(), device, SecretProof::SecretHash)?;
    let browser_session = app.entropy.bytes()?;
    let has_password = input.flow != InitiateAuthFlow::UserAuth;
    let authorizing =
        input.page.as_ref().map(|access| PageSignIn { access, session: &browser_session, has_password });
    let request = request.with_event(EventKind::SignIn, input.context.clone())?;
    let (client, outcome) = request
        .transact(async |tx| {
            let client = tx.get_client_with_keys(input.pool.as_ref(), &input.client).await?;
            let caller = client.caller(input.parameters.find("SECRET_HASH"));
            let (session, is_admin) = (input.session.as_deref(), input.pool.is_some());
            let read = match authorizing {
                None => initiate_auth::read(&caller, is_admin, input.flow, session, &input.parameters)?,
                Some(_) => initiate_auth::read_page(input.flow, session, &input.parameters)?,
            };
            let sign_in = match read {
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
                authorizing,
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
            // A page hides users whatever the app client's operations do.
            let (username, hides_users) =
                (step.username(), caller.client.hides_users || authorizing.is_some());
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
    let outcome = match (outcome, migration.into_inner()) {
        (BeginOutcome::WrongPassword, Some(MigrationResult::WrongPassword(failure))) => return Err(failure),
        (outcome, _) => outcome,
    };
    Ok(BegunSignIn { request, client, renewal, outcome })
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
