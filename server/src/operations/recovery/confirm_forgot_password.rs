//! Handles ConfirmForgotPassword: sets a new password with the code that ForgotPassword sent.
//!
//! The rules are in [`lido_domain::flow::recovery::confirm_forgot_password`].

use lido_cognito_idp::operations::{ConfirmForgotPasswordInput, ConfirmForgotPasswordOutput};
use lido_domain::{
    code::Purpose,
    flow::{
        NewCredential,
        recovery::confirm_forgot_password::{self, ConfirmForgotPasswordRequest},
    },
    id::ClientId,
    secret::Secret,
    user::{attempt::AttemptKind, auth_event::EventKind},
};

use crate::{
    operations::{Failure, RequestContext, client::LoadedClient, password::DerivedPassword},
    store::RelatedRecord,
    triggers::Confirmation,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ConfirmForgotPasswordInput,
) -> Result<ConfirmForgotPasswordOutput, Failure> {
    let app = request.app();
    let client_id = ClientId::new(input.client_id.into_inner());
    let password = Secret::new(input.password.into_inner());
    let new_password = ConfirmForgotPasswordRequest {
        username: &input.username,
        code: &input.confirmation_code,
        password: &password,
    };
    let derived = DerivedPassword::default();
    let request = request
        .with_metadata(wire::metadata::read_client_metadata(input.client_metadata))
        .with_event(EventKind::ForgotPassword, input.user_context_data)?;
    let (client, user) = request
        .transact(async |tx| {
            let related = [
                RelatedRecord::Code(Purpose::ForgotPassword),
                RelatedRecord::Attempts(AttemptKind::RecoverPassword),
            ];
            let query = |client: &LoadedClient| client.user_query(new_password.username, related.to_vec());
            let (client, loaded) = tx.get_client_and_user(&client_id, query).await?;
            let caller = client.caller(input.secret_hash.as_deref().map(String::as_str));
            let pool_id = &caller.pool.id;
            let found = loaded.found();
            let owner = confirm_forgot_password::admit(&caller, &new_password, found.user)?;
            let credential = derived.seal(app, pool_id, &owner.sub, &owner.username, &password).await?;
            let now = tx.now();
            let former =
                confirm_forgot_password::credentials_to_compare(&caller, &new_password, &found, &owner, now);
            let is_former = match found.user {
                Some(user) => derived.is_one_of(app, pool_id, user, former, &password).await?,
                None => false,
            };
            let compared = NewCredential { credential, is_former };
            let verdict =
                confirm_forgot_password::confirm(&caller, &new_password, &found, &owner, compared, now);
            tx.conclude_event(caller.event_owner(new_password.username, found.user));
            Ok(verdict.map(|user| (client, user)))
        })
        .await?;
    let context = client.event_context(request.info());
    app.triggers.post_confirmation(context, Confirmation::ForgotPassword, &user).await?;
    Ok(ConfirmForgotPasswordOutput::default())
}
