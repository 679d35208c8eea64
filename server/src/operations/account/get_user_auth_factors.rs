//! Handles GetUserAuthFactors: returns the factors with which the user of an access token can sign in.
//!
//! The rules are in [`lido_domain::flow::account::get_user_auth_factors`].

use lido_cognito_idp::operations::{GetUserAuthFactorsInput, GetUserAuthFactorsOutput};
use lido_domain::flow::account::get_user_auth_factors;

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserAuthFactorsInput,
) -> Result<GetUserAuthFactorsOutput, Failure> {
    let app = request.app();
    let bearer = request.begin().get_bearer(&input.access_token, Vec::new()).await?;
    let relying_party = app.settings.relying_party.as_deref();
    let factors = get_user_auth_factors::first_factors(bearer.pool_rules(), relying_party, &bearer.user);
    Ok(wire::sign_in::get_user_auth_factors_output(&bearer.user, &factors)?)
}
