//! DeleteWebAuthnCredential. The rules are [`lido_domain::flow::passkeys`]'s.

use lido_cognito_idp::operations::{DeleteWebAuthnCredentialInput, DeleteWebAuthnCredentialOutput};
use lido_domain::flow::passkeys;

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteWebAuthnCredentialInput,
) -> Result<DeleteWebAuthnCredentialOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let verdict = passkeys::delete(&bearer.user, &input.credential_id)?;
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(DeleteWebAuthnCredentialOutput::default());
        }
    }
}
