//! DeleteWebAuthnCredential. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{DeleteWebAuthnCredentialInput, DeleteWebAuthnCredentialOutput};
use lido_domain::flow::passkeys;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteWebAuthnCredentialInput,
) -> Result<DeleteWebAuthnCredentialOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            Ok(passkeys::delete(&bearer.user, &input.credential_id)?)
        })
        .await?;
    Ok(DeleteWebAuthnCredentialOutput::default())
}
