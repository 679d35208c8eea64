//! Handles ForgotPassword: sends a code with which the user can set a new password.
//!
//! The rules are in [`lido_domain::flow::recovery::forgot_password`].

use lido_cognito_idp::operations::{ForgotPasswordInput, ForgotPasswordOutput};
use lido_domain::{
    code::Purpose,
    flow::recovery::forgot_password,
    id::ClientId,
    user::{attempt::AttemptKind, auth_event::EventKind},
};
use tokio::sync::OnceCell;

use crate::{
    operations::{Failure, RequestContext, client::LoadedClient, migration::migrate},
    store::RelatedRecord,
    triggers::UnknownUser,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ForgotPasswordInput,
) -> Result<ForgotPasswordOutput, Failure> {
    let app = request.app();
    let client_id = ClientId::new(input.client_id.into_inner());
    let code = app.new_code()?;
    let migrated = OnceCell::new();
    let request = request
        .with_metadata(wire::metadata::read_client_metadata(input.client_metadata))
        .with_event(EventKind::ForgotPassword, input.user_context_data)?;
    let sent = request
        .transact(async |tx| {
            let related = [
                RelatedRecord::Code(Purpose::ForgotPassword),
                RelatedRecord::Attempts(AttemptKind::RecoverPassword),
            ];
            let query = |client: &LoadedClient| client.user_query(&input.username, related.to_vec());
            let (client, loaded) = tx.get_client_and_user(&client_id, query).await?;
            let caller = client.caller(input.secret_hash.as_deref().map(String::as_str));
            if loaded.user.is_none() && migrated.get().is_none() {
                caller.check_secret(&input.username)?;
                let migrate = || migrate(&request, &client, &input.username, UnknownUser::ForgotPassword);
                if *migrated.get_or_try_init(migrate).await? {
                    return Err(Failure::StaleReads);
                }
            }
            let found = loaded.found();
            tx.conclude_event(caller.event_owner(&input.username, found.user));
            Ok(forgot_password::send_code(&caller, &input.username, &found, &code, tx.now()))
        })
        .await?;
    let delivery = wire::user::to_code_delivery_details(&sent.delivery)?;
    Ok(ForgotPasswordOutput { code_delivery_details: Some(delivery) })
}
