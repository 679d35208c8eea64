//! Handles AdminInitiateAuth: begins a sign-in, or renews tokens, in a pool that the administrator names.
//!
//! The rules are in [`lido_domain::flow::sign_in`].

use lido_cognito_idp::operations::{AdminInitiateAuthInput, AdminInitiateAuthOutput};
use lido_domain::id::{ClientId, PoolId};

use super::begin::{self, SignInRequest};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminInitiateAuthInput,
) -> Result<AdminInitiateAuthOutput, Failure> {
    let input = SignInRequest {
        pool: Some(PoolId::new(input.user_pool_id.into_inner())),
        client: ClientId::new(input.client_id.into_inner()),
        flow: wire::sign_in::read_flow(input.auth_flow),
        session: input.session.map(Into::into),
        parameters: wire::sign_in::read_parameters(input.auth_parameters),
        context: input.context_data.into(),
        metadata: wire::metadata::read_client_metadata(input.client_metadata),
        page: None,
    };
    Ok(begin::begin(request, &input).await?.into())
}
