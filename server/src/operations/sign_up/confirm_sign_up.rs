//! ConfirmSignUp. The rules are [`lido_domain::flow::confirm_sign_up`]'s.

use lido_cognito_idp::operations::{ConfirmSignUpInput, ConfirmSignUpOutput};
use lido_domain::{
    attempt::Act,
    flow::confirm_sign_up::{self, Confirm, Presented},
    id::ClientId,
    session::{self, SessionHandle},
};

use crate::{
    app::App,
    operations::{
        Origin,
        calling::{self, Calling},
        failure::Failure,
        turn::Turn,
    },
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ConfirmSignUpInput,
) -> Result<ConfirmSignUpOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    // Once a request, however often it decides.
    let new_session = SessionHandle::generate(&app.entropy.bytes()?);
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(input.secret_hash.as_deref().map(String::as_str));
        let pool = &caller.pool.id;
        let query = calling::query(&caller, &input.username, Act::ConfirmSignUp);
        let reading = app.store.read_user(pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let wanted = confirm_sign_up::alias_wanted(caller.pool, &reading.found());
        let holders = app.store.read_holders(pool, wanted.as_slice(), None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let kept = match input.session.as_deref() {
            Some(handle) => {
                let keys = session::keys_of(app.keys.digests(), pool, handle);
                app.store.read_session(pool, &keys).await?
            }
            None => None,
        };
        let presented = match (&input.session, &kept) {
            (None, _) => Presented::Nothing,
            (Some(_), None) => Presented::Unknown,
            (Some(_), Some(kept)) => Presented::Kept(&kept.value.0, &kept.value.1),
        };
        let asked = Confirm {
            username: &input.username,
            code: &input.confirmation_code,
            force_alias: input.force_alias_creation.unwrap_or(false),
            session: presented,
        };
        let holder = wanted.as_ref().and_then(|name| holders.users.get(name));
        let verdict = confirm_sign_up::confirm(&caller, &asked, &reading.found(), holder, &new_session, now);
        let kept = kept.iter().flat_map(|kept| kept.expects.clone()).collect();
        let expects =
            [calling.read.expects.clone(), reading.expects.clone(), holders.expects.clone(), kept].concat();
        if let Some(confirmed) = turn.carry_out(pool, expects, verdict, now).await? {
            return Ok(wire::user::confirmed(&confirmed)?);
        }
    }
}
