//! Handles GetUser: returns the user of an access token.

use lido_cognito_idp::operations::{GetUserInput, GetUserOutput};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserInput,
) -> Result<GetUserOutput, Failure> {
    let bearer = request.begin().get_bearer(&input.access_token, Vec::new()).await?;
    Ok(wire::sign_in::get_user_output(&bearer.user, bearer.client.client_rules())?)
}
