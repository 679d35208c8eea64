//! Second factors: what a pool says of them, what a user has chosen, and how both are told.

use lido_cognito_idp::{
    operations::{
        AssociateSoftwareTokenOutput, CreateUserPoolInput, GetUserPoolMfaConfigOutput,
        SetUserPoolMfaConfigInput, VerifySoftwareTokenOutput,
    },
    types,
};
use lido_domain::{
    flow::mfa::preference::Preference,
    pool::{
        mfa::{MfaFactor, MfaMode},
        settings as pool_settings,
    },
    sign_in::session::SessionHandle,
    user::{User, software_token::TokenSecret},
};
use lido_runtime::{ReadJson, Violated, read::from_json};
use serde_json::{Map, Value};

use super::{Unsayable, settings};
use crate::store::PoolRecord;

/// Returns the members of a request to SetUserPoolMfaConfig that configure the pool, by name.
pub fn config_members(request: &SetUserPoolMfaConfigInput) -> Result<Map<String, Value>, Unsayable> {
    let mut members = Map::new();
    settings::keep(&mut members, "MfaConfiguration", &request.mfa_configuration)?;
    settings::keep(&mut members, pool_settings::SMS_MFA, &request.sms_mfa_configuration)?;
    settings::keep(
        &mut members,
        pool_settings::SOFTWARE_TOKEN_MFA,
        &request.software_token_mfa_configuration,
    )?;
    settings::keep(&mut members, pool_settings::EMAIL_MFA, &request.email_mfa_configuration)?;
    settings::keep(&mut members, pool_settings::WEB_AUTHN, &request.web_authn_configuration)?;
    Ok(members)
}

/// What GetUserPoolMfaConfig and SetUserPoolMfaConfig answer.
pub fn config(record: &PoolRecord) -> Result<GetUserPoolMfaConfigOutput, Unsayable> {
    let kept: CreateUserPoolInput = settings::read(&record.settings, &[("PoolName", &record.name)])?;
    let has = |factor| record.pool.mfa.factors.contains(&factor);
    Ok(GetUserPoolMfaConfigOutput {
        sms_mfa_configuration: has(MfaFactor::Sms).then_some(types::SmsMfaConfigType {
            sms_authentication_message: kept.sms_authentication_message,
            sms_configuration: kept.sms_configuration,
        }),
        software_token_mfa_configuration: has(MfaFactor::SoftwareToken)
            .then_some(types::SoftwareTokenMfaConfigType { enabled: Some(true) }),
        email_mfa_configuration: extra(record, pool_settings::EMAIL_MFA)?,
        mfa_configuration: Some(said(record.pool.mfa.mode)),
        web_authn_configuration: extra(record, pool_settings::WEB_AUTHN)?,
    })
}

const fn said(mode: MfaMode) -> types::UserPoolMfaType {
    match mode {
        MfaMode::Off => types::UserPoolMfaType::Off,
        MfaMode::Optional => types::UserPoolMfaType::Optional,
        MfaMode::On => types::UserPoolMfaType::On,
    }
}

/// A member of the settings that no request to create a pool has.
fn extra<T: ReadJson>(record: &PoolRecord, name: &str) -> Result<Option<T>, Unsayable> {
    let Some(value) = record.settings.get(name) else { return Ok(None) };
    Ok(Some(from_json(&serde_json::to_vec(value)?)?))
}

/// What SetUserMFAPreference and its twin say of each factor; what they leave out is not there.
pub fn preferences(
    sms: Option<types::SmsMfaSettingsType>,
    token: Option<types::SoftwareTokenMfaSettingsType>,
    email: Option<types::EmailMfaSettingsType>,
) -> Vec<Preference> {
    let of = |factor, enabled: Option<bool>, preferred: Option<bool>| Preference {
        factor,
        enabled: enabled.unwrap_or(false),
        preferred: preferred.unwrap_or(false),
    };
    [
        sms.map(|asked| of(MfaFactor::Sms, asked.enabled, asked.preferred_mfa)),
        token.map(|asked| of(MfaFactor::SoftwareToken, asked.enabled, asked.preferred_mfa)),
        email.map(|asked| of(MfaFactor::Email, asked.enabled, asked.preferred_mfa)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What SetUserSettings and its twin say: SMS is on or off, and nothing else (*Documented*: it can configure no other).
pub fn options(asked: &[types::MfaOptionType]) -> Vec<Preference> {
    let by_sms = |one: &types::MfaOptionType| one.delivery_medium == Some(types::DeliveryMediumType::Sms);
    vec![Preference { factor: MfaFactor::Sms, enabled: asked.iter().any(by_sms), preferred: false }]
}

/// What AssociateSoftwareToken answers.
pub fn associated(
    secret: &TokenSecret,
    session: Option<&SessionHandle>,
) -> Result<AssociateSoftwareTokenOutput, Violated> {
    let text = secret.to_base32();
    Ok(AssociateSoftwareTokenOutput {
        secret_code: text.expose_str().map(|text| text.to_owned().into()),
        session: session.map(|session| session.expose().try_into()).transpose()?,
    })
}

/// What VerifySoftwareToken answers; a wrong code is refused, so that ERROR never is (*Observed* in public reports).
pub fn verified(session: Option<&SessionHandle>) -> Result<VerifySoftwareTokenOutput, Violated> {
    Ok(VerifySoftwareTokenOutput {
        status: Some(types::VerifySoftwareTokenResponseType::Success),
        session: session.map(|session| session.expose().try_into()).transpose()?,
    })
}

/// What a user has chosen, as answers tell it; nothing is told of what is not.
#[derive(Debug)]
pub(super) struct Told {
    /// MFAOptions, which know SMS alone (*Documented*).
    pub(super) options: Option<Vec<types::MfaOptionType>>,
    pub(super) preferred: Option<types::StringType>,
    pub(super) active: Option<Vec<types::StringType>>,
}

pub(super) fn told(user: &User) -> Result<Told, Violated> {
    let mfa = &user.mfa;
    let option = types::MfaOptionType {
        delivery_medium: Some(types::DeliveryMediumType::Sms),
        attribute_name: Some("phone_number".try_into()?),
    };
    let active = mfa.active.iter().map(|factor| factor.as_str().try_into());
    let active = active.collect::<Result<Vec<_>, Violated>>()?;
    Ok(Told {
        options: mfa.active.contains(&MfaFactor::Sms).then(|| vec![option]),
        preferred: mfa.preferred.map(|factor| factor.as_str().try_into()).transpose()?,
        active: (!active.is_empty()).then_some(active),
    })
}
