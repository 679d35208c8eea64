//! SetUserPoolMfaConfig. The rules are [`lido_domain::pool::Pool::mfa_after`].

use std::sync::Arc;

use lido_cognito_idp::operations::{SetUserPoolMfaConfigInput, SetUserPoolMfaConfigOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure, turn::Turn},
    store::{Key, Record, Write},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: SetUserPoolMfaConfigInput,
) -> Result<SetUserPoolMfaConfigOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let mut turn = Turn::new(app);
    loop {
        let read = calling::get_pool(app, &id).await?;
        let mfa = read.value.pool.mfa_after(&wire::mfa::pool_asked(&input))?;
        let mut record = wire::mfa::configured(&read.value, mfa, input.clone())?;
        record.modified_at = app.clock.now();
        let told = wire::mfa::config(&record)?;
        let write = Write::Put(Key::pool(), Record::Pool(Arc::new(record)));
        let set = app.store.commit(&id, read.expects, vec![write]).await;
        if turn.unless_conflict(set).await?.is_some() {
            return Ok(SetUserPoolMfaConfigOutput {
                sms_mfa_configuration: told.sms_mfa_configuration,
                software_token_mfa_configuration: told.software_token_mfa_configuration,
                email_mfa_configuration: told.email_mfa_configuration,
                mfa_configuration: told.mfa_configuration,
                web_authn_configuration: told.web_authn_configuration,
            });
        }
    }
}
