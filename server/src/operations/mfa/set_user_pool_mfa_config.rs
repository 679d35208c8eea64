//! Handles SetUserPoolMfaConfig: sets which second factors a user pool offers or requires.
//!
//! The request replaces everything: see [`lido_domain::pool::settings::SET_USER_POOL_MFA_CONFIG`].

use lido_cognito_idp::operations::{SetUserPoolMfaConfigInput, SetUserPoolMfaConfigOutput};
use lido_domain::{id::PoolId, pool::settings::set_user_pool_mfa_config};

use crate::{
    operations::{Failure, RequestContext, user_pools},
    store::PoolRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUserPoolMfaConfigInput,
) -> Result<SetUserPoolMfaConfigOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let members = wire::mfa::config_members(&input)?;
    let config = request
        .transact(async |tx| {
            let former = tx.get_pool(&pool_id).await?;
            let changed = set_user_pool_mfa_config(&former.settings, members.clone());
            let pool = user_pools::derive(pool_id.clone(), former.pool.schema.clone(), &changed)?;
            let record = PoolRecord {
                pool,
                settings: changed.settings,
                modified_at: tx.now(),
                ..PoolRecord::clone(&former)
            };
            // Converted before it is stored, so that no record is stored that the API cannot show.
            let shown = wire::mfa::mfa_config_output(&record)?;
            Ok(record.put().map(|_| shown))
        })
        .await?;
    Ok(SetUserPoolMfaConfigOutput {
        sms_mfa_configuration: config.sms_mfa_configuration,
        software_token_mfa_configuration: config.software_token_mfa_configuration,
        email_mfa_configuration: config.email_mfa_configuration,
        mfa_configuration: config.mfa_configuration,
        web_authn_configuration: config.web_authn_configuration,
    })
}
