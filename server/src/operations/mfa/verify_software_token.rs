//! Handles VerifySoftwareToken: completes the setup of a software token with its first code.
//!
//! The rules are in [`lido_domain::flow::mfa::software_token`] for the user of an access token, and in
//! [`lido_domain::flow::sign_in::mfa_setup`] for a user that is signing in.

use lido_cognito_idp::operations::{VerifySoftwareTokenInput, VerifySoftwareTokenOutput};
use lido_domain::{
    Refusal,
    flow::{mfa::software_token, sign_in::mfa_setup},
    sign_in::session::SessionHandle,
};

use super::setup_session::SetupSession;
use crate::{
    operations::{Failure, RequestContext, sign_in::step},
    store::RelatedRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: VerifySoftwareTokenInput,
) -> Result<VerifySoftwareTokenOutput, Failure> {
    let code = input.user_code.into_inner();
    let name = input.friendly_device_name.map(|name| name.into_inner());
    let session = match (input.access_token, input.session) {
        (Some(token), None) => {
            by_token(&request, &token, &code, name).await?;
            None
        }
        (None, Some(session)) => Some(by_session(&request, &session, &code, name).await?),
        _ => return Err(Refusal::AccessTokenOrSessionRequired.into()),
    };
    Ok(wire::mfa::verify_software_token_output(session.as_ref())?)
}

/// Verifies the code of the user of an access token.
async fn by_token(
    request: &RequestContext<'_>,
    token: &str,
    code: &str,
    name: Option<String>,
) -> Result<(), Failure> {
    let app = request.app();
    request
        .transact(async |tx| {
            let bearer = tx.get_bearer(token, vec![RelatedRecord::Failures]).await?;
            let (user, failures, now) = (&bearer.user, bearer.loaded.failures.as_ref(), tx.now());
            let sealed = software_token::get_pending(user, failures, now)?;
            let secret = app.keys.open_software_token(bearer.pool_id(), &user.sub, sealed)?;
            Ok(software_token::verify(user, failures, &secret, code, name.clone(), now))
        })
        .await
}

/// Verifies the code of a user that is signing in. Returns the next session.
async fn by_session(
    request: &RequestContext<'_>,
    session: &str,
    code: &str,
    name: Option<String>,
) -> Result<SessionHandle, Failure> {
    let app = request.app();
    let fresh = step::generate_fresh_values(app)?;
    request
        .transact(async |tx| {
            let setup = SetupSession::load(app, &tx, session, &fresh).await?;
            let step = setup.step();
            let sealed = mfa_setup::get_pending(&step)?;
            let secret = app.keys.open_software_token(&step.caller.pool.id, &step.sub(), sealed)?;
            Ok(mfa_setup::verify(&step, &secret, code, name.clone()))
        })
        .await
}
