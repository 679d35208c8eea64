//! SetUserPoolMfaConfig. The rules are [`with_mfa_config`] and [`check_mfa_config`].

use lido_cognito_idp::operations::{SetUserPoolMfaConfigInput, SetUserPoolMfaConfigOutput};
use lido_domain::{
    id::PoolId,
    pool::settings::{PoolSettings, check_mfa_config, with_mfa_config},
};

use crate::{
    operations::{Failure, RequestContext},
    store::PoolRecord,
    wire::{self, ConversionError},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUserPoolMfaConfigInput,
) -> Result<SetUserPoolMfaConfigOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let told = request
        .transact(async |tx| {
            let former = tx.get_pool(&id).await?;
            let members = wire::mfa::config_members(&input)?;
            let settings = with_mfa_config(&former.settings, &members);
            let derived = PoolSettings::of(&settings).map_err(ConversionError::from)?;
            let pool = derived.derive(id.clone(), former.pool.schema.clone());
            check_mfa_config(&former.pool.mfa, &pool.mfa, &members, pool.tier)?;
            let record = PoolRecord { pool, settings, modified_at: tx.now(), ..PoolRecord::clone(&former) };
            // Before it is stored, so that what the API cannot show is not stored either.
            let told = wire::mfa::config(&record)?;
            Ok(record.put().map(|_| told))
        })
        .await?;
    Ok(SetUserPoolMfaConfigOutput {
        sms_mfa_configuration: told.sms_mfa_configuration,
        software_token_mfa_configuration: told.software_token_mfa_configuration,
        email_mfa_configuration: told.email_mfa_configuration,
        mfa_configuration: told.mfa_configuration,
        web_authn_configuration: told.web_authn_configuration,
    })
}
