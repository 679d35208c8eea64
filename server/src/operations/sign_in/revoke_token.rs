//! Handles RevokeToken: revokes a refresh token and the access tokens that were issued with it.
//!
//! The rules are in [`lido_domain::flow::sign_in::revoke_token`]. RevokeAssociatedSessions has no effect: it concerns
//! the sessions of other app clients that were derived from this one, and no session is derived here.

use lido_cognito_idp::operations::{RevokeTokenInput, RevokeTokenOutput};
use lido_domain::{flow::sign_in::revoke_token, id::ClientId, secret::Secret};

use crate::{
    operations::{Failure, RequestContext},
    store::{RelatedRecord, UserQuery},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: RevokeTokenInput,
) -> Result<RevokeTokenOutput, Failure> {
    let client_id = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    request
        .transact(async |tx| {
            let client = tx.get_client(&client_id).await?;
            let caller = client.caller(None);
            let opened = revoke_token::open(&caller, secret.as_ref(), &input.token)?;
            let related = vec![RelatedRecord::Grant(opened.grant.clone())];
            let loaded = tx.find_user(&caller.pool.id, UserQuery::of(&opened.of, related)).await?;
            Ok(revoke_token::revoke(&caller, opened, loaded.grant.as_ref()))
        })
        .await?;
    Ok(RevokeTokenOutput::default())
}
