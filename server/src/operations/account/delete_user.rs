//! DeleteUser. The rules are [`lido_domain::flow::account::delete_user`]'s.

use lido_cognito_idp::operations::{DeleteUserInput, DeleteUserOutput};
use lido_domain::flow::account::delete_user;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserInput,
) -> Result<DeleteUserOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            Ok(delete_user::delete(bearer.pool(), Some(&bearer.user)))
        })
        .await?;
    Ok(DeleteUserOutput {})
}
