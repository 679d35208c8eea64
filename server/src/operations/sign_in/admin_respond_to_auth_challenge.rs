//! Handles AdminRespondToAuthChallenge: continues a sign-in in a pool that the administrator names.
//!
//! The rules are in [`lido_domain::flow::sign_in::respond_to_auth_challenge`].

use lido_cognito_idp::operations::{AdminRespondToAuthChallengeInput, AdminRespondToAuthChallengeOutput};
use lido_domain::id::{ClientId, PoolId};

use super::respond::{self, ChallengeResponse};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminRespondToAuthChallengeInput,
) -> Result<AdminRespondToAuthChallengeOutput, Failure> {
    let input = ChallengeResponse {
        pool: Some(PoolId::new(input.user_pool_id.into_inner())),
        client: ClientId::new(input.client_id.into_inner()),
        name: input.challenge_name.as_str(),
        session: input.session.map(Into::into),
        parameters: wire::sign_in::read_parameters(input.challenge_responses),
        context: input.context_data.into(),
        metadata: wire::metadata::read_client_metadata(input.client_metadata),
        page: None,
        retry: None,
    };
    Ok(respond::respond(request, &input).await?.into())
}
