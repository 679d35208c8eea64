//! Handles ListUserPoolClientSecrets: returns all secrets of an app client, without their values (*Documented*).

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
    // There is never a second page, so no token is valid.
    if input.next_token.is_some() {
        return Err(Failure::InvalidPageToken);
    }
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let client = request.begin().get_client_in_pool(&pool_id, &client_id).await?;
    let secrets = client.client_rules().secrets.iter();
    let secrets = secrets.map(|secret| wire::client::to_client_secret_descriptor(secret, None));
    let client_secrets = secrets.collect::<Result<_, _>>()?;
    Ok(ListUserPoolClientSecretsOutput { client_secrets: Some(client_secrets), next_token: None })
}
