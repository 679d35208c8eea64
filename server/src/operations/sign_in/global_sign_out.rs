//! Handles GlobalSignOut: revokes all tokens of the user of an access token.
//!
//! The rules are in [`lido_domain::flow::sign_in::global_sign_out`].

use lido_cognito_idp::operations::{GlobalSignOutInput, GlobalSignOutOutput};
use lido_domain::flow::sign_in::global_sign_out;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GlobalSignOutInput,
) -> Result<GlobalSignOutOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            Ok(global_sign_out::sign_out(Some(&bearer.user)))
        })
        .await?;
    Ok(GlobalSignOutOutput::default())
}
