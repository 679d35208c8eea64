//! RevokeToken. The rules are [`lido_domain::flow::sign_in::revoke`]'s.
//!
//! RevokeAssociatedSessions asks for sessions of other app clients that were derived from this one; there are none.

use lido_cognito_idp::operations::{RevokeTokenInput, RevokeTokenOutput};
use lido_domain::{flow::sign_in::revoke, id::ClientId, secret::Secret};

use crate::{
    app::App,
    operations::{Origin, calling::Calling, failure::Failure, turn::Turn},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: RevokeTokenInput,
) -> Result<RevokeTokenOutput, Failure> {
    let client = ClientId::new(input.client_id.into_inner());
    let secret = input.client_secret.map(|secret| Secret::new(secret.into_inner()));
    let mut turn = Turn::new(app);
    loop {
        let now = app.clock.now();
        let calling = Calling::find(app, &client).await?;
        let caller = calling.caller(None);
        let pool = &caller.pool.id;
        let opened = revoke::open(&caller, secret.as_ref(), &input.token)?;
        let bearing = app.store.read_bearing(pool, &opened.of, &opened.grant).await?;
        let verdict = revoke::revoke(&caller, opened, bearing.grant.as_ref());
        let expects = [calling.read.expects.clone(), bearing.expects].concat();
        if turn.carry_out(pool, expects, verdict, now).await?.is_some() {
            return Ok(RevokeTokenOutput::default());
        }
    }
}
