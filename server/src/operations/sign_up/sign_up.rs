//! Handles SignUp: creates a user.
//!
//! The rules are in [`lido_domain::flow::sign_up`].

use lido_cognito_idp::operations::{SignUpInput, SignUpOutput};
use lido_domain::{
    flow::sign_up::{self, SignUpPreparation, SignUpRequest},
    id::{ClientId, Sub},
    secret::Secret,
    sign_in::session::SessionHandle,
    user::{
        Status,
        auth_event::{EventKind, EventOwner},
    },
};
use tokio::sync::OnceCell;

use crate::{
    operations::{Failure, RequestContext, password::DerivedPassword},
    triggers::{Confirmation, NewUser, UserCreator},
    wire,
};

pub(crate) async fn handle(request: RequestContext<'_>, input: SignUpInput) -> Result<SignUpOutput, Failure> {
    let app = request.app();
    let client_id = ClientId::new(input.client_id.into_inner());
    let password = input.password.map(|password| Secret::new(password.into_inner()));
    let attributes = wire::user::read_attributes(input.user_attributes);
    let sign_up =
        SignUpRequest { username: &input.username, password: password.as_ref(), attributes: &attributes };
    let sub = Sub::generate(&app.entropy.bytes()?);
    let code = app.new_code()?;
    let session = SessionHandle::generate(&app.entropy.bytes()?);
    let validation_data = wire::metadata::read_validation_data(input.validation_data);
    let (derived, pre_sign_up) = (DerivedPassword::default(), OnceCell::new());
    let request = request
        .with_metadata(wire::metadata::read_client_metadata(input.client_metadata))
        .with_event(EventKind::SignUp, input.user_context_data)?;
    let (client, signed_up) = request
        .transact(async |tx| {
            let client = tx.get_client(&client_id).await?;
            let caller = client.caller(input.secret_hash.as_deref().map(String::as_str));
            let pool_id = &caller.pool.id;
            let admitted = sign_up::admit(&caller, &sign_up, sub.clone())?;
            let new_user = NewUser {
                creator: UserCreator::SignUp,
                username: &admitted.username,
                attributes: &admitted.attributes,
                validation_data: validation_data.as_ref(),
            };
            let context = client.event_context(request.info());
            let invoke = || app.triggers.pre_sign_up(context, new_user);
            let reply = *pre_sign_up.get_or_try_init(invoke).await?;
            let credential = match &admitted.password {
                Some(password) => {
                    let username = &admitted.username;
                    Some(derived.seal(app, pool_id, &admitted.sub, username, password).await?)
                }
                None => None,
            };
            let names = sign_up::names_to_reserve(caller.pool, &admitted, reply);
            let holders = tx.find_holders(pool_id, &names, Some(&Sub::new(sign_up.username))).await?;
            let prepared = SignUpPreparation { credential, code: code.clone(), session: session.clone() };
            let verdict = sign_up::create(&caller, &admitted, reply, &holders, &prepared, tx.now());
            tx.conclude_event(verdict.answer.is_ok().then(|| EventOwner::User(admitted.sub.clone())));
            Ok(verdict.map(|signed_up| (client, signed_up)))
        })
        .await?;
    if signed_up.user.status == Status::Confirmed {
        let context = client.event_context(request.info());
        app.triggers.post_confirmation(context, Confirmation::SignUp, &signed_up.user).await?;
    }
    Ok(wire::user::sign_up_output(&signed_up)?)
}
