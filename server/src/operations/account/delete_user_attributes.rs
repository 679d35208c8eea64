//! DeleteUserAttributes. The rules are [`lido_domain::flow::account::delete_user_attributes`]'s.

use lido_cognito_idp::operations::{DeleteUserAttributesInput, DeleteUserAttributesOutput};
use lido_domain::flow::account::delete_user_attributes;

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DeleteUserAttributesInput,
) -> Result<DeleteUserAttributesOutput, Failure> {
    let names: Vec<String> = input.user_attribute_names.into_iter().map(|name| name.into_inner()).collect();
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let verdict = delete_user_attributes::delete(&bearer.borne(app), &names, now);
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(DeleteUserAttributesOutput {});
        }
    }
}
