//! Handles DeleteWebAuthnCredential: deletes a passkey of the user of an access token.
//!
//! The rules are in [`lido_domain::flow::passkeys`].

use lido_cognito_idp::operations::{DeleteWebAuthnCredentialInput, DeleteWebAuthnCredentialOutput};
use lido_domain::flow::passkeys;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteWebAuthnCredentialInput,
) -> Result<DeleteWebAuthnCredentialOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            Ok(passkeys::delete(&bearer.user, &input.credential_id)?)
        })
        .await?;
    Ok(DeleteWebAuthnCredentialOutput::default())
}
