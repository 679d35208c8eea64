//! SetUserPoolMfaConfig. The rules are [`lido_domain::pool::settings::with_mfa_config`].

use lido_cognito_idp::{
    operations::{SetUserPoolMfaConfigInput, SetUserPoolMfaConfigOutput},
    types::UserPoolMfaType,
};
use lido_domain::{
    id::PoolId,
    pool::{mfa::PoolMfa, settings::PoolSettings},
};

use crate::{
    operations::{Failure, RequestContext},
    store::PoolRecord,
    wire::{self, Unsayable},
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUserPoolMfaConfigInput,
) -> Result<SetUserPoolMfaConfigOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.as_str());
    let told = request
        .transact(async |tx| {
            let former = tx.pool(&id).await?;
            let settings = wire::mfa::configured(&former.settings, &input)?;
            let derived = PoolSettings::of(&settings).map_err(Unsayable::from)?;
            let pool = derived.derive(id.clone(), former.pool.schema.clone());
            // SMS that follows from SmsConfiguration is no factor that this operation has been given; OFF gives none.
            let names_factors = input.mfa_configuration == Some(UserPoolMfaType::Off)
                || input.sms_mfa_configuration.is_some()
                || input.software_token_mfa_configuration.is_some()
                || input.email_mfa_configuration.is_some();
            let factors = if names_factors { &pool } else { &former.pool }.mfa.factors.clone();
            PoolMfa { mode: pool.mfa.mode, factors }.check_configured(pool.tier)?;
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
