//! GlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{GlobalSignOutInput, GlobalSignOutOutput};
use lido_domain::flow::sign_in::sign_out;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GlobalSignOutInput,
) -> Result<GlobalSignOutOutput, Failure> {
    request
        .transact(async |tx| {
            let bearer = tx.bearer(&input.access_token, Vec::new()).await?;
            Ok(sign_out::sign_out(Some(&bearer.user)))
        })
        .await?;
    Ok(GlobalSignOutOutput::default())
}
