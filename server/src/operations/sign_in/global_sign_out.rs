//! GlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{GlobalSignOutInput, GlobalSignOutOutput};
use lido_domain::flow::sign_in::sign_out;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: GlobalSignOutInput,
) -> Result<GlobalSignOutOutput, Failure> {
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
        Ok(sign_out::sign_out(Some(&bearer.user)))
    })
    .await?;
    Ok(GlobalSignOutOutput::default())
}
