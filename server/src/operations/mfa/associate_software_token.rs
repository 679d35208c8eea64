//! AssociateSoftwareToken. The rules are [`lido_domain::flow::mfa::software_token`]'s for whoever is signed in, and
//! [`lido_domain::flow::sign_in::mfa_setup`]'s for whoever is on the way.

use lido_cognito_idp::operations::{AssociateSoftwareTokenInput, AssociateSoftwareTokenOutput};
use lido_domain::{
    Refusal,
    flow::{mfa::software_token, sign_in::mfa_setup},
    sign_in::session::SessionHandle,
    user::software_token::TokenSecret,
};

use super::enrolling::Enrolling;
use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AssociateSoftwareTokenInput,
) -> Result<AssociateSoftwareTokenOutput, Failure> {
    // Once a request, however often it decides.
    let secret = TokenSecret::generate(&app.entropy.bytes()?);
    let session = match (input.access_token, input.session) {
        (Some(token), None) => {
            by_token(app, &token, &secret).await?;
            None
        }
        (None, Some(session)) => Some(by_session(app, &session, &secret).await?),
        _ => return Err(Refusal::TokenOrSession.into()),
    };
    Ok(wire::mfa::associated(&secret, session.as_ref())?)
}

async fn by_token(app: &App, token: &str, secret: &TokenSecret) -> Result<(), Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, token, now).await?;
        let sealed = app.keys.seal_software_token(bearer.pool(), &bearer.user.sub, secret)?;
        let verdict = software_token::associate(&bearer.caller.pool.pool, &bearer.user, sealed);
        if turn.carry_out(bearer.pool(), bearer.expects.clone(), verdict, now).await?.is_some() {
            return Ok(());
        }
    }
}

async fn by_session(app: &App, handle: &str, secret: &TokenSecret) -> Result<SessionHandle, Failure> {
    let fresh = Enrolling::fresh(app)?;
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let enrolling = Enrolling::find(app, &mut turn, handle, &fresh, now).await?;
        let Some(enrolling) = enrolling else { continue };
        let step = enrolling.step();
        let pool = &step.caller.pool.id;
        let user = mfa_setup::check_associable(&step)?;
        let verdict = mfa_setup::associate(&step, app.keys.seal_software_token(pool, &user.sub, secret)?);
        if let Some(session) = turn.carry_out(pool, enrolling.expects(), verdict, now).await? {
            return Ok(session);
        }
    }
}
