//! GetUser.

use lido_cognito_idp::operations::{GetUserInput, GetUserOutput};

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetUserInput,
) -> Result<GetUserOutput, Failure> {
    let bearer = Bearer::find(app, &input.access_token, app.clock.now()).await?;
    Ok(wire::sign_in::get_user(&bearer.user, &bearer.caller.client.client)?)
}
