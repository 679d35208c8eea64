//! Handles AssociateSoftwareToken: begins to set up a software token, and returns its secret.
//!
//! The rules are in [`lido_domain::flow::mfa::software_token`] for the user of an access token, and in
//! [`lido_domain::flow::sign_in::mfa_setup`] for a user that is signing in.

use lido_cognito_idp::operations::{AssociateSoftwareTokenInput, AssociateSoftwareTokenOutput};
use lido_domain::{
    Refusal,
    flow::{mfa::software_token, sign_in::mfa_setup},
    sign_in::session::SessionHandle,
    user::software_token::TokenSecret,
};

use super::setup_session::SetupSession;
use crate::{
    operations::{Failure, RequestContext, sign_in::step},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AssociateSoftwareTokenInput,
) -> Result<AssociateSoftwareTokenOutput, Failure> {
    let app = request.app();
    let secret = TokenSecret::generate(&app.entropy.bytes()?);
    let session = match (input.access_token, input.session) {
        (Some(token), None) => {
            by_token(&request, &token, &secret).await?;
            None
        }
        (None, Some(session)) => Some(by_session(&request, &session, &secret).await?),
        _ => return Err(Refusal::AccessTokenOrSessionRequired.into()),
    };
    Ok(wire::mfa::associate_software_token_output(&secret, session.as_ref())?)
}

/// Stores the secret of the user of an access token until its first code is verified.
async fn by_token(request: &RequestContext<'_>, token: &str, secret: &TokenSecret) -> Result<(), Failure> {
    let app = request.app();
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(token, Vec::new()).await?;
            let sealed = app.keys.seal_software_token(bearer.pool_id(), &bearer.user.sub, secret)?;
            Ok(software_token::associate(bearer.pool_rules(), &bearer.user, sealed))
        })
        .await
}

/// Stores the secret of a user that is signing in. Returns the next session.
async fn by_session(
    request: &RequestContext<'_>,
    session: &str,
    secret: &TokenSecret,
) -> Result<SessionHandle, Failure> {
    let app = request.app();
    let fresh = step::generate_fresh_values(app)?;
    request
        .transact(async |tx| {
            let setup = SetupSession::load(app, &tx, session, &fresh).await?;
            let step = setup.step();
            let user = mfa_setup::check_associable(&step)?;
            let sealed = app.keys.seal_software_token(&step.caller.pool.id, &user.sub, secret)?;
            Ok(mfa_setup::associate(&step, sealed))
        })
        .await
}
