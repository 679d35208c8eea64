//! Handles InitiateAuth: begins a sign-in, or renews tokens.
//!
//! The rules are in [`lido_domain::flow::sign_in`].

use lido_cognito_idp::operations::{InitiateAuthInput, InitiateAuthOutput};
use lido_domain::id::ClientId;

use super::begin::{self, SignInRequest};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: InitiateAuthInput,
) -> Result<InitiateAuthOutput, Failure> {
    let input = SignInRequest {
        pool: None,
        client: ClientId::new(input.client_id.into_inner()),
        flow: wire::sign_in::read_flow(input.auth_flow),
        session: input.session.map(Into::into),
        parameters: wire::sign_in::read_parameters(input.auth_parameters),
        context: input.user_context_data.into(),
        metadata: wire::metadata::read_client_metadata(input.client_metadata),
        page: None,
    };
    Ok(begin::begin(request, &input).await?.into())
}
