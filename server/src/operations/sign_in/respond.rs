//! What RespondToAuthChallenge and AdminRespondToAuthChallenge have in common: everything but who may call them.

use std::collections::BTreeMap;

use lido_domain::{
    Refusal,
    flow::sign_in::{Step, respond},
    id::{ClientId, PoolId},
    pool::alias,
    sign_in::{challenge::ChallengeName, parameter::Parameters, session},
    user::auth_event::EventKind,
};

use super::{
    custom::{Functions, Replies},
    finish::{self, Ending},
    work::{self, DeviceRead},
};
use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, turn::Turn},
    triggers::TokenOccasion,
    wire::{auth_event::Told, sign_in::Answered},
};

/// An answer to a challenge.
pub(super) struct Responding {
    /// The pool that an administrator names.
    pub(super) pool: Option<PoolId>,
    pub(super) client: ClientId,
    pub(super) name: &'static str,
    pub(super) session: Option<String>,
    pub(super) parameters: Parameters,
    /// ClientMetadata, which triggers get as such (*Documented*, cog-0234).
    pub(super) metadata: Option<BTreeMap<String, String>>,
    /// What the client tells of the user's device.
    pub(super) told: Told,
}

pub(super) async fn respond(app: &App, origin: &Origin, asked: &Responding) -> Result<Answered, Failure> {
    let name = ChallengeName::parse(asked.name).ok_or(Refusal::SessionInvalid)?;
    // Once a request, however often it decides.
    let (fresh, mut replies) = (work::fresh(app)?, Replies::default());
    let happening = origin.happening(app.entropy.uuid()?, EventKind::SignIn, asked.told.clone());
    let mut turn = Turn::asked_by(app, origin).with_metadata(asked.metadata.clone());
    loop {
        let now = app.clock.now();
        let calling = Calling::find_in(app, asked.pool.as_ref(), &asked.client).await?;
        let caller = calling.caller(asked.parameters.find("SECRET_HASH"));
        let pool = &caller.pool.id;
        let response = respond::read(&caller, name, asked.session.as_deref(), &asked.parameters)?;
        let handle = response.handle.as_deref();
        let places =
            handle.map(|handle| session::keys_of(caller.digest_keys, pool, handle)).unwrap_or_default();
        let candidates = alias::candidates(caller.pool, response.username);
        let nobody = caller.simulated_sub(response.username);
        let entering = app.store.read_entering(pool, candidates, nobody, &places).await;
        let Some(entering) = turn.unless_conflict(entering).await? else { continue };
        let device = work::device(app, &caller, &entering, asked.parameters.find("DEVICE_KEY")).await?;
        let step = Step {
            caller,
            typed: response.username,
            found: entering.found(),
            presented: entering.presented(),
            device: device.as_ref().map(DeviceRead::on_device),
            fresh: &fresh,
            relying_party: app.settings.relying_party.as_deref(),
            now,
        };
        let wanted = respond::names_wanted(&step, &response.answer);
        let holders = app.store.read_holders(pool, &wanted, None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let next = respond::next(&step, &response.answer, handle, &holders.users)?;
        let functions = &mut Functions { context: calling.context(turn.cause()), replies: &mut replies };
        let verdict = work::decide(app, &step, next, true, &holders.users, functions).await?;
        let verdict = work::told(&happening, &step, verdict);
        let expects =
            [calling.read.expects.clone(), entering.expects.clone(), holders.expects.clone()].concat();
        let expects = [expects, device.as_ref().map(DeviceRead::expects).unwrap_or_default()].concat();
        if let Some(outcome) = turn.carry_out(pool, expects, verdict, now).await? {
            let ending = Ending { cause: turn.cause(), occasion: occasion(name), wanted: None };
            return finish::answer(app, origin, &calling, ending, outcome).await;
        }
    }
}

/// On what occasion there are tokens, if this was the last challenge.
fn occasion(answered: ChallengeName) -> TokenOccasion {
    match answered {
        ChallengeName::NewPasswordRequired => TokenOccasion::NewPasswordChallenge,
        ChallengeName::DevicePasswordVerifier => TokenOccasion::AuthenticateDevice,
        _ => TokenOccasion::Authentication,
    }
}
