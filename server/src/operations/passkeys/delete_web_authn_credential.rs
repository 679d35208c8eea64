//! DeleteWebAuthnCredential. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{DeleteWebAuthnCredentialInput, DeleteWebAuthnCredentialOutput};
use lido_domain::flow::passkeys;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: DeleteWebAuthnCredentialInput,
) -> Result<DeleteWebAuthnCredentialOutput, Failure> {
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
        Ok(passkeys::delete(&bearer.user, &input.credential_id)?)
    })
    .await?;
    Ok(DeleteWebAuthnCredentialOutput::default())
}
