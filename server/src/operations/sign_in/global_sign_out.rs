//! GlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{GlobalSignOutInput, GlobalSignOutOutput};
use lido_domain::flow::sign_in::sign_out;

use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GlobalSignOutInput,
) -> Result<GlobalSignOutOutput, Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, &input.access_token, now).await?;
        let verdict = sign_out::sign_out(Some(&bearer.user));
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(GlobalSignOutOutput::default());
        }
    }
}
