//! ListUserPoolClientSecrets: all of them at once and none of their texts (*Documented*).

use lido_cognito_idp::operations::{ListUserPoolClientSecretsInput, ListUserPoolClientSecretsOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListUserPoolClientSecretsInput,
) -> Result<ListUserPoolClientSecretsOutput, Failure> {
    // There is no next page, so nobody can have been given a token for one.
    if input.next_token.is_some() {
        return Err(Failure::BadToken);
    }
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let id = ClientId::new(input.client_id.into_inner());
    let client = request.begin().client_in(&pool, &id).await?;
    let secrets = client.rules().secrets.iter();
    let told: Result<Vec<_>, _> = secrets.map(|secret| wire::client::told_secret(secret, None)).collect();
    Ok(ListUserPoolClientSecretsOutput { client_secrets: Some(told?), next_token: None })
}
