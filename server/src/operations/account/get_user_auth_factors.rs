//! GetUserAuthFactors. What it lists is [`lido_domain::flow::account::auth_factors`]'s.

use lido_cognito_idp::operations::{GetUserAuthFactorsInput, GetUserAuthFactorsOutput};
use lido_domain::flow::account::auth_factors;

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUserAuthFactorsInput,
) -> Result<GetUserAuthFactorsOutput, Failure> {
    let app = request.app();
    let bearer = request.begin().bearer(&input.access_token, Vec::new()).await?;
    let relying_party = app.settings.relying_party.as_deref();
    let factors = auth_factors::first_factors(bearer.pool(), relying_party, &bearer.user);
    Ok(wire::sign_in::auth_factors(&bearer.user, &factors)?)
}
