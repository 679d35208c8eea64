//! Handles ResendConfirmationCode: sends a new confirmation code.
//!
//! The rules are in [`lido_domain::flow::sign_up::resend_confirmation_code`].

use lido_cognito_idp::operations::{ResendConfirmationCodeInput, ResendConfirmationCodeOutput};
use lido_domain::{
    code::Purpose,
    flow::sign_up::resend_confirmation_code,
    id::ClientId,
    user::{attempt::AttemptKind, auth_event::EventKind},
};

use crate::{
    operations::{Failure, RequestContext, client::LoadedClient},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ResendConfirmationCodeInput,
) -> Result<ResendConfirmationCodeOutput, Failure> {
    let app = request.app();
    let client_id = ClientId::new(input.client_id.into_inner());
    let code = app.new_code()?;
    let request = request
        .with_metadata(wire::metadata::read_client_metadata(input.client_metadata))
        .with_event(EventKind::ResendCode, input.user_context_data)?;
    let resent = request
        .transact(async |tx| {
            let related = [
                RelatedRecord::Code(Purpose::SignUp),
                RelatedRecord::Attempts(AttemptKind::ResendConfirmationCode),
            ];
            let query = |client: &LoadedClient| client.user_query(&input.username, related.to_vec());
            let (client, loaded) = tx.get_client_and_user(&client_id, query).await?;
            let caller = client.caller(input.secret_hash.as_deref().map(String::as_str));
            let found = loaded.found();
            tx.conclude_event(caller.event_owner(&input.username, found.user));
            Ok(resend_confirmation_code::resend(&caller, &input.username, &found, &code, tx.now()))
        })
        .await?;
    let delivery = wire::user::to_code_delivery_details(&resent.delivery)?;
    Ok(ResendConfirmationCodeOutput { code_delivery_details: Some(delivery) })
}
