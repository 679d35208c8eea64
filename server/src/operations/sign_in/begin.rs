//! What InitiateAuth and AdminInitiateAuth have in common: everything but who may call them.

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{
        Flow, Holders, Step,
        begin::{self, Begin, By},
        refresh::Shown,
    },
    id::{ClientId, PoolId},
    pool::alias,
    sign_in::{lockout::Failures, parameter::Parameters, session},
    user::auth_event::EventKind,
};

use super::{
    custom::{Functions, Replies},
    finish::{self, Ending},
    renew,
    work::{self, DeviceRead},
};
use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, migration::migrate, turn::Turn},
    triggers::{Claimant, TokenOccasion, TriggerFault, Unknown},
    wire::{auth_event::Told, lambda_config, sign_in::Answered},
};

/// A sign-in that begins.
pub(super) struct Beginning {
    /// The pool that an administrator names.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) flow: Flow,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata: PreAuthentication gets it as validation data, and no other trigger does (*Documented*, cog-0196).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// What the client tells of the user's device.
    pub(super) told: Told,
}

pub(super) async fn begin(app: &App, origin: &Origin, asked: &Beginning) -> Result<Answered, Failure> {
    // Once a request, however often it decides.
    let fresh = work::fresh(app)?;
    let happening = origin.happening(app.entropy.uuid()?, EventKind::SignIn, asked.told.clone());
    let (mut is_asked, mut is_migrated, mut replies) = (false, false, Replies::default());
    let mut turn = Turn::asked_by(app, origin);
    let (mut guessed, mut wanted) = (None, None);
    loop {
        let now = app.clock.now();
        let calling = Calling::find_in(app, asked.pool.as_ref(), &asked.client).await?;
        let caller = calling.caller(asked.parameters.find("SECRET_HASH"));
        let (pool, is_admin) = (&caller.pool.id, asked.pool.is_some());
        let read = begin::read(&caller, is_admin, asked.flow, asked.session.as_deref(), &asked.parameters)?;
        let sign_in = match read {
            Begin::Refresh(token) => {
                let device = asked.parameters.find("DEVICE_KEY");
                let renewal = renew::Asked { token, device, shown: Shown::Hash };
                let renewed = renew::renew(app, &mut turn, &calling, &caller, &renewal, &mut wanted).await?;
                let Some(outcome) = renewed else { continue };
                let ending = renew::ending(&turn, wanted.as_ref());
                return finish::answer(app, origin, &calling, ending, outcome).await;
            }
            Begin::SignIn(sign_in) => sign_in,
        };
        let pool_record = &calling.read.value.pool;
        if matches!(sign_in.by, By::Custom(_)) && lambda_config::define_challenge(pool_record).is_none() {
            return Err(Refusal::CustomAuthWithoutTriggers.into());
        }
        let candidates = alias::candidates(caller.pool, sign_in.username);
        let nobody = caller.simulated_sub(sign_in.username);
        let handle = sign_in.session;
        let places =
            handle.map(|handle| session::keys_of(caller.digest_keys, pool, handle)).unwrap_or_default();
        let entering = app.store.read_entering(pool, candidates, nobody, &places).await;
        let Some(entering) = turn.unless_conflict(entering).await? else { continue };
        let device = work::device(app, &caller, &entering, asked.parameters.find("DEVICE_KEY")).await?;
        let step = Step {
            caller,
            typed: sign_in.username,
            found: entering.found(),
            presented: entering.presented(),
            device: device.as_ref().map(DeviceRead::on_device),
            fresh: &fresh,
            relying_party: app.settings.relying_party.as_deref(),
            now,
        };
        if let (Some(password), None, false) = (sign_in.by.password(), step.found.user, is_migrated) {
            Failures::check(step.found.failures, now)?;
            let unknown = Unknown::SigningIn { password, validation_data: asked.metadata.as_ref() };
            is_migrated = true;
            match migrate(app, &mut turn, &asked.client, sign_in.username, unknown).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(failure) if is_wrong_guess(&failure) => guessed = Some(failure),
                Err(failure) => return Err(failure),
            }
        }
        if let Some(failure) = guessed.take() {
            let expects = [calling.read.expects.clone(), entering.expects.clone()].concat();
            if turn.carry_out(pool, expects, step.failed_elsewhere(), now).await?.is_some() {
                return Err(failure);
            }
            guessed = Some(failure);
            continue;
        }
        let next = begin::next(&step, &sign_in)?;
        if !is_asked {
            let context = calling.context(turn.cause());
            let (username, hides_users) = (step.username(), caller.client.hides_users);
            let claimant = Claimant { username: &username, user: step.found.user, hides_users };
            app.triggers.pre_authentication(context, claimant, asked.metadata.as_ref()).await?;
            is_asked = true;
        }
        let is_choice = matches!(sign_in.by, By::Choice(_));
        let functions = &mut Functions { context: calling.context(turn.cause()), replies: &mut replies };
        let verdict = work::decide(app, &step, next, is_choice, &Holders::new(), functions).await?;
        let verdict = work::told(&happening, &step, verdict);
        let expects = [calling.read.expects.clone(), entering.expects.clone()].concat();
        let expects = [expects, device.as_ref().map(DeviceRead::expects).unwrap_or_default()].concat();
        if let Some(outcome) = turn.carry_out(pool, expects, verdict, now).await? {
            let ending =
                Ending { cause: turn.cause(), occasion: TokenOccasion::Authentication, wanted: None };
            return finish::answer(app, origin, &calling, ending, outcome).await;
        }
    }
}

/// Whether a function that was asked about somebody unknown has looked at the password and refused it, as far as can be
/// told: that counts like a wrong password here.
fn is_wrong_guess(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Trigger(TriggerFault::Validation(_)) | Failure::Refused(Refusal::MigrationFailed(_))
    )
}
