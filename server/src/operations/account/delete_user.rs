//! Handles DeleteUser: deletes the user of an access token.
//!
//! The rules are in [`lido_domain::flow::account::delete_user`].

use lido_cognito_idp::operations::{DeleteUserInput, DeleteUserOutput};
use lido_domain::flow::account::delete_user;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserInput,
) -> Result<DeleteUserOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(&input.access_token, Vec::new()).await?;
            Ok(delete_user::delete(bearer.pool_rules(), Some(&bearer.user)))
        })
        .await?;
    Ok(DeleteUserOutput {})
}
