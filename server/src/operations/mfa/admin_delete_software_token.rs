//! Handles AdminDeleteSoftwareToken: deletes the software token of a user.
//!
//! The rules are in [`lido_domain::flow::mfa::software_token`].

use lido_cognito_idp::operations::{AdminDeleteSoftwareTokenInput, AdminDeleteSoftwareTokenOutput};
use lido_domain::{flow::mfa::software_token, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDeleteSoftwareTokenInput,
) -> Result<AdminDeleteSoftwareTokenOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (_, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            Ok(software_token::delete(loaded.user.as_ref(), tx.now()))
        })
        .await?;
    Ok(AdminDeleteSoftwareTokenOutput {})
}
