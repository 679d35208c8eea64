//! VerifySoftwareToken. The rules are [`lido_domain::flow::mfa::software_token`]'s for whoever is signed in, and
//! [`lido_domain::flow::sign_in::mfa_setup`]'s for whoever is on the way.

use lido_cognito_idp::operations::{VerifySoftwareTokenInput, VerifySoftwareTokenOutput};
use lido_domain::{
    Refusal,
    flow::{mfa::software_token, sign_in::mfa_setup},
    sign_in::session::SessionHandle,
};

use super::enrolling::Enrolling;
use crate::{
    app::App,
    operations::{Origin, bearer::Bearer, failure::Failure, turn::Turn},
    store::Beside,
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: VerifySoftwareTokenInput,
) -> Result<VerifySoftwareTokenOutput, Failure> {
    let code = input.user_code.into_inner();
    let name = input.friendly_device_name.map(|name| name.into_inner());
    let session = match (input.access_token, input.session) {
        (Some(token), None) => {
            by_token(app, &token, &code, name).await?;
            None
        }
        (None, Some(session)) => Some(by_session(app, &session, &code, name).await?),
        _ => return Err(Refusal::TokenOrSession.into()),
    };
    Ok(wire::mfa::verified(session.as_ref())?)
}

async fn by_token(app: &App, token: &str, code: &str, name: Option<String>) -> Result<(), Failure> {
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let bearer = Bearer::find(app, token, now).await?;
        let (pool, sub) = (bearer.pool(), &bearer.user.sub);
        let beside = bearer.read_beside(app, vec![Beside::Failures]).await;
        let Some(beside) = turn.unless_conflict(beside).await? else { continue };
        let (user, failures) = (&bearer.user, beside.failures.as_ref());
        let sealed = software_token::get_pending(user, failures, now)?;
        let secret = app.keys.open_software_token(pool, sub, sealed)?;
        let verdict = software_token::verify(user, failures, &secret, code, name.clone(), now);
        let expects = [bearer.expects.clone(), beside.expects].concat();
        if turn.carry_out(pool, expects, verdict, now).await?.is_some() {
            return Ok(());
        }
    }
}

async fn by_session(
    app: &App,
    handle: &str,
    code: &str,
    name: Option<String>,
) -> Result<SessionHandle, Failure> {
    let fresh = Enrolling::fresh(app)?;
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let enrolling = Enrolling::find(app, &mut turn, handle, &fresh, now).await?;
        let Some(enrolling) = enrolling else { continue };
        let step = enrolling.step();
        let pool = &step.caller.pool.id;
        let sealed = mfa_setup::get_pending(&step)?;
        let secret = app.keys.open_software_token(pool, &step.of(), sealed)?;
        let verdict = mfa_setup::verify(&step, &secret, code, name.clone());
        if let Some(session) = turn.carry_out(pool, enrolling.expects(), verdict, now).await? {
            return Ok(session);
        }
    }
}
