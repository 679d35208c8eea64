//! ConfirmSignUp. The rules are [`lido_domain::flow::sign_up::confirm_sign_up`]'s.
//!
//! A link in a mail confirms by the same steps; see `confirmation_link` beside this.

use std::collections::BTreeMap;

use lido_cognito_idp::operations::{ConfirmSignUpInput, ConfirmSignUpOutput};
use lido_domain::{
    code::Purpose,
    flow::{
        Caller,
        sign_up::confirm_sign_up::{self, Confirm, Confirmed, Presented},
    },
    id::ClientId,
    sign_in::session::{self, SessionHandle},
    user::{attempt::Act, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{
        Origin,
        calling::{self, Calling},
        failure::Failure,
        turn::Turn,
    },
    triggers::Confirmation,
    wire::{self, auth_event::Told},
};

/// Who wants to be confirmed, and by what.
pub(super) struct Asked<'a> {
    pub(super) client: ClientId,
    pub(super) username: &'a str,
    pub(super) code: &'a str,
    pub(super) proof: Proof<'a>,
    pub(super) force_alias: bool,
    pub(super) session: Option<&'a str>,
    pub(super) client_metadata: Option<BTreeMap<String, String>>,
    pub(super) told: Told,
}

/// How the app client shows that it is one.
pub(super) enum Proof<'a> {
    /// By the secret hash, if it has a secret.
    SecretHash(Option<&'a str>),
    /// Not at all, where links are sent: the link was written by this server.
    Link,
}

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ConfirmSignUpInput,
) -> Result<ConfirmSignUpOutput, Failure> {
    let asked = Asked {
        client: ClientId::new(input.client_id.into_inner()),
        username: &input.username,
        code: &input.confirmation_code,
        proof: Proof::SecretHash(input.secret_hash.as_deref().map(String::as_str)),
        force_alias: input.force_alias_creation.unwrap_or(false),
        session: input.session.as_deref().map(String::as_str),
        client_metadata: wire::metadata::client(input.client_metadata),
        told: input.user_context_data.into(),
    };
    Ok(wire::user::confirmed(&confirm(app, origin, asked).await?)?)
}

/// Confirms, or says why not.
pub(super) async fn confirm(app: &App, origin: &Origin, mut asked: Asked<'_>) -> Result<Confirmed, Failure> {
    // Once a request, however often it decides.
    let new_session = SessionHandle::generate(&app.entropy.bytes()?);
    let happening = origin.happening(app.entropy.uuid()?, EventKind::SignUp, asked.told.clone());
    let mut turn = Turn::asked_by(app, origin).with_metadata(asked.client_metadata.take());
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &asked.client).await?;
        let caller = match asked.proof {
            Proof::SecretHash(hash) => calling.caller(hash),
            Proof::Link if wire::templates::sends_links(&calling.read.value.pool) => {
                Caller { secrets: &[], ..calling.caller(None) }
            }
            Proof::Link => calling.caller(None),
        };
        let pool = &caller.pool.id;
        let query = calling::query(&caller, asked.username, Purpose::SignUp, Act::ConfirmSignUp);
        let reading = app.store.read_user(pool, &query).await;
        let Some(reading) = turn.unless_conflict(reading).await? else { continue };
        let wanted = confirm_sign_up::alias_wanted(caller.pool, &reading.found());
        let holders = app.store.read_holders(pool, wanted.as_slice(), None).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let kept = match asked.session {
            Some(handle) => {
                let keys = session::keys_of(app.keys.digests(), pool, handle);
                app.store.read_session(pool, &keys).await?
            }
            None => None,
        };
        let presented = match (asked.session, &kept) {
            (None, _) => Presented::Nothing,
            (Some(_), None) => Presented::Unknown,
            (Some(_), Some(kept)) => Presented::Kept(&kept.value.0, &kept.value.1),
        };
        let confirm = Confirm {
            username: asked.username,
            code: asked.code,
            force_alias: asked.force_alias,
            session: presented,
        };
        let holder = wanted.as_ref().and_then(|name| holders.users.get(name));
        let verdict =
            confirm_sign_up::confirm(&caller, &confirm, &reading.found(), holder, &new_session, now);
        let of = reading.found().user.map(|user| &user.sub);
        let verdict = happening.told(caller.pool, caller.client, of, verdict, now);
        let kept = kept.iter().flat_map(|kept| kept.expects.clone()).collect();
        let expects =
            [calling.read.expects.clone(), reading.expects.clone(), holders.expects.clone(), kept].concat();
        if let Some(confirmed) = turn.carry_out(pool, expects, verdict, now).await? {
            let context = calling.context(turn.cause());
            app.triggers.post_confirmation(context, Confirmation::SignUp, &confirmed.user).await?;
            return Ok(confirmed);
        }
    }
}
