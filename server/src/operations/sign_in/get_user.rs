//! GetUser.

use lido_cognito_idp::operations::{GetUserInput, GetUserOutput};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserInput,
) -> Result<GetUserOutput, Failure> {
    let bearer = request.begin().bearer(&input.access_token, Vec::new()).await?;
    Ok(wire::sign_in::get_user(&bearer.user, bearer.client.rules())?)
}
