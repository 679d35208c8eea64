//! DeleteUser. The rules are [`lido_domain::flow::account::delete_user`]'s.

use lido_cognito_idp::operations::{DeleteUserInput, DeleteUserOutput};
use lido_domain::flow::account::delete_user;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: DeleteUserInput,
) -> Result<DeleteUserOutput, Failure> {
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
        Ok(delete_user::delete(bearer.pool(), Some(&bearer.user)))
    })
    .await?;
    Ok(DeleteUserOutput {})
}
