//! SignUp. The rules are [`lido_domain::flow::sign_up`]'s.

use lido_cognito_idp::operations::{SignUpInput, SignUpOutput};
use lido_domain::{
    flow::sign_up::{self, Prepared, SignUp},
    id::{ClientId, Sub},
    secret::Secret,
    sign_in::session::SessionHandle,
    user::{Status, auth_event::EventKind},
};

use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, password::Derived, turn::Turn},
    triggers::{Confirmation, Newcomer, NewcomerBy},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: SignUpInput,
) -> Result<SignUpOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    let password = input.password.map(|password| Secret::new(password.into_inner()));
    let attributes = wire::user::given(input.user_attributes);
    let asked = SignUp { username: &input.username, password: password.as_ref(), attributes: &attributes };
    // Once a request, however often it decides.
    let sub = Sub::generate(&app.entropy.bytes()?);
    let code = app.new_code()?;
    let session = SessionHandle::generate(&app.entropy.bytes()?);
    let happening = origin.happening(app.entropy.uuid()?, EventKind::SignUp, input.user_context_data);
    let validation_data = wire::metadata::validation(input.validation_data);
    let (mut derived, mut replied) = (Derived::default(), None);
    let metadata = wire::metadata::client(input.client_metadata);
    let mut turn = Turn::asked_by(app, origin).with_metadata(metadata);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(input.secret_hash.as_deref().map(String::as_str));
        let pool = &caller.pool.id;
        let admitted = sign_up::admit(&caller, &asked, sub.clone())?;
        let reply = match replied {
            Some(reply) => reply,
            None => {
                let newcomer = Newcomer {
                    by: NewcomerBy::SignUp,
                    username: &admitted.username,
                    attributes: &admitted.attributes,
                    validation_data: validation_data.as_ref(),
                };
                *replied.insert(app.triggers.pre_sign_up(calling.context(turn.cause()), newcomer).await?)
            }
        };
        let credential = match &admitted.password {
            Some(password) => {
                let username = &admitted.username;
                Some(derived.seal(app, pool, &admitted.sub, username, password).await?)
            }
            None => None,
        };
        let names = sign_up::names_wanted(caller.pool, &admitted, reply);
        let as_sub = Sub::new(asked.username);
        let holders = app.store.read_holders(pool, &names, Some(&as_sub)).await;
        let Some(holders) = turn.unless_conflict(holders).await? else { continue };
        let prepared = Prepared { credential, code: code.clone(), session: session.clone() };
        let verdict = sign_up::create(&caller, &admitted, reply, &holders.users, &prepared, now);
        let of = verdict.answer.is_ok().then_some(&admitted.sub);
        let verdict = happening.told(caller.pool, caller.client, of, verdict, now);
        let expects = [calling.read.expects.clone(), holders.expects].concat();
        if let Some(signed_up) = turn.carry_out(pool, expects, verdict, now).await? {
            if signed_up.user.status == Status::Confirmed {
                let context = calling.context(turn.cause());
                app.triggers.post_confirmation(context, Confirmation::SignUp, &signed_up.user).await?;
            }
            return Ok(wire::user::signed_up(&signed_up)?);
        }
    }
}
