//! What InitiateAuth and AdminInitiateAuth have in common: everything but who may call them.

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{
        Flow, Holders, Outcome, Step,
        begin::{self, Begin, By},
        refresh::Shown,
    },
    id::{ClientId, PoolId},
    secret::Secret,
    sign_in::{lockout::Failures, parameter::Parameters},
    user::auth_event::EventKind,
};
use tokio::sync::OnceCell;

use super::{
    custom::{Functions, Replies},
    finish::{self, Ending},
    renew::RenewalRequest,
    step as steps,
};
use crate::{
    operations::{Failure, RequestContext, migration::migrate},
    triggers::{Claimant, TokenOccasion, TriggerFault, Unknown},
    wire::{auth_event::ClientContext, lambda_config, sign_in::Answered},
};

/// A request to begin a sign-in, or to renew one.
pub(super) struct SignInRequest {
    /// The pool that an administrator names.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) flow: Flow,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata: PreAuthentication gets it as validation data, and no other trigger does (*Documented*, cog-0196).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// What the client says of the user's device.
    pub(super) context: ClientContext,
}

impl SignInRequest {
    /// The refresh token, if the request brings one.
    fn refresh_token(&self) -> &str {
        self.parameters.find("REFRESH_TOKEN").unwrap_or_default()
    }
}

/// How the function UserMigration was answered in a request, which asks it once.
enum Migration {
    /// There is a user now.
    Created,
    /// There is none.
    NotCreated,
    /// The function has looked at the password and refused it.
    WrongPassword(Failure),
}

/// What was decided about a request.
enum Decided {
    Step(Outcome),
    Renewal(Outcome),
    /// As [`Migration::WrongPassword`]: a failure is counted.
    WrongPassword,
}

pub(super) async fn begin(request: RequestContext<'_>, asked: &SignInRequest) -> Result<Answered, Failure> {
    let app = request.app();
    let (fresh, replies) = (steps::fresh(app)?, Replies::default());
    let (migration, pre_authentication) = (OnceCell::new(), OnceCell::new());
    let device = asked.parameters.find("DEVICE_KEY");
    let renewal = RenewalRequest::new(app, asked.refresh_token(), device, Shown::Hash)?;
    let request = request.with_event(EventKind::SignIn, asked.context.clone())?;
    let (client, decided) = request
        .transact(async |tx| {
            let client = tx.signing_client(asked.pool.as_ref(), &asked.client).await?;
            let caller = client.caller(asked.parameters.find("SECRET_HASH"));
            let (session, is_admin) = (asked.session.as_deref(), asked.pool.is_some());
            let sign_in = match begin::read(&caller, is_admin, asked.flow, session, &asked.parameters)? {
                Begin::Refresh(_) => {
                    let verdict = renewal.attempt(&request, &tx, &client, &caller).await?;
                    return Ok(verdict.map(|outcome| (client, Decided::Renewal(outcome))));
                }
                Begin::SignIn(sign_in) => sign_in,
            };
            let is_custom = matches!(sign_in.by, By::Custom(_));
            if is_custom && lambda_config::define_challenge(&client.pool).is_none() {
                return Err(Refusal::CustomAuthWithoutTriggers.into());
            }
            let query = steps::query(&caller, sign_in.username, sign_in.session, device);
            let found = tx.find_user(&caller.pool.id, query).await?;
            let step = Step {
                caller,
                typed: sign_in.username,
                found: found.found_to_sign_in(),
                presented: found.presented(),
                device: steps::device(&found, device),
                fresh: &fresh,
                relying_party: app.settings.relying_party.as_deref(),
                now: tx.now(),
            };
            if let (Some(password), None) = (sign_in.by.password(), step.found.user) {
                if migration.get().is_none() {
                    Failures::check(step.found.failures, step.now)?;
                    let ask = || ask_migration(&request, asked, sign_in.username, password);
                    if matches!(migration.get_or_try_init(ask).await?, Migration::Created) {
                        return Err(Failure::OutOfDate);
                    }
                }
                if let Some(Migration::WrongPassword(_)) = migration.get() {
                    let verdict = step.failed_elsewhere();
                    return Ok(verdict.map(|()| (client, Decided::WrongPassword)));
                }
            }
            let next = begin::next(&step, &sign_in)?;
            let context = client.context(request.cause());
            let (username, hides_users) = (step.username(), caller.client.hides_users);
            let claimant = Claimant { username: &username, user: step.found.user, hides_users };
            let ask = || app.triggers.pre_authentication(context, claimant, asked.metadata.as_ref());
            pre_authentication.get_or_try_init(ask).await?;
            let is_choice = matches!(sign_in.by, By::Choice(_));
            let functions = Functions { context, replies: &replies };
            let verdict = steps::decide(app, &step, next, is_choice, &Holders::new(), &functions).await?;
            steps::conclude_event(&tx, &step, &verdict);
            Ok(verdict.map(|outcome| (client, Decided::Step(outcome))))
        })
        .await?;
    match decided {
        Decided::Step(outcome) => {
            let (cause, occasion) = (request.cause(), TokenOccasion::Authentication);
            let client = &client;
            let ending = Ending { cause, client, occasion, contents: None };
            finish::answer(&request, ending, outcome).await
        }
        Decided::Renewal(outcome) => {
            finish::answer(&request, renewal.ending(&request, &client), outcome).await
        }
        Decided::WrongPassword => match migration.into_inner() {
            Some(Migration::WrongPassword(failure)) => Err(failure),
            _ => Err(Refusal::WrongPassword.into()),
        },
    }
}

/// Asks UserMigration about a name that leads to no user.
async fn ask_migration(
    request: &RequestContext<'_>,
    asked: &SignInRequest,
    typed: &str,
    password: &Secret,
) -> Result<Migration, Failure> {
    let unknown = Unknown::SigningIn { password, validation_data: asked.metadata.as_ref() };
    match migrate(request, &asked.client, typed, unknown).await {
        Ok(true) => Ok(Migration::Created),
        Ok(false) => Ok(Migration::NotCreated),
        Err(failure) if is_wrong_guess(&failure) => Ok(Migration::WrongPassword(failure)),
        Err(failure) => Err(failure),
    }
}

/// Whether UserMigration has looked at the password and refused it, as far as can be told: that counts like a wrong
/// password here.
fn is_wrong_guess(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Trigger(TriggerFault::Validation(_)) | Failure::Refused(Refusal::MigrationFailed(_))
    )
}
