//! RevokeToken. The rules are [`lido_domain::flow::sign_in::revoke`]'s.
//!
//! RevokeAssociatedSessions asks for sessions of other app clients that were derived from this one; there are none.

use lido_cognito_idp::operations::{RevokeTokenInput, RevokeTokenOutput};
use lido_domain::{flow::sign_in::revoke, id::ClientId, secret::Secret};

use crate::{
    operations::{Failure, RequestContext},
    store::{Beside, UserQuery},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: RevokeTokenInput,
) -> Result<RevokeTokenOutput, Failure> {
    let id = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    request
        .transact(async |tx| {
            let client = tx.client(&id).await?;
            let caller = client.caller(None);
            let opened = revoke::open(&caller, secret.as_ref(), &input.token)?;
            let beside = vec![Beside::Grant(opened.grant.clone())];
            let found = tx.find_user(&caller.pool.id, UserQuery::of(&opened.of, beside)).await?;
            Ok(revoke::revoke(&caller, opened, found.grant.as_ref()))
        })
        .await?;
    Ok(RevokeTokenOutput::default())
}
