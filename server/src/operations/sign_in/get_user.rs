//! GetUser.

use lido_cognito_idp::operations::{GetUserInput, GetUserOutput};

use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetUserInput,
) -> Result<GetUserOutput, Failure> {
    let bearer = app.begin().bearer(&input.access_token, Vec::new()).await?;
    Ok(wire::sign_in::get_user(&bearer.user, bearer.client.rules())?)
}
