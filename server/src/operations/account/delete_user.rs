//! DeleteUser. The rules are [`lido_domain::flow::account::delete_user`]'s.

use lido_cognito_idp::operations::{DeleteUserInput, DeleteUserOutput};
use lido_domain::flow::account::delete_user;

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteUserInput,
) -> Result<DeleteUserOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let borne = bearer.borne(app);
        let verdict = delete_user::delete(borne.pool, Some(borne.user));
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(DeleteUserOutput {});
        }
    }
}
