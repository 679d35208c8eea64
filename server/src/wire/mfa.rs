//! Conversion of the MFA settings of pools and users.

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
        defaults::with_defaults as pool_defaults,
        mfa::{MfaFactor, MfaMode},
        settings as pool_settings,
    },
    sign_in::session::SessionHandle,
    user::{User, software_token::TokenSecret},
};
use lido_runtime::{BrokenRules, ReadJson, Style, read::from_json};
use serde_json::{Map, Value};

use super::{ConversionError, settings};
use crate::store::PoolRecord;

/// Returns the members of a request to SetUserPoolMfaConfig that configure the pool, by name.
pub fn config_members(request: &SetUserPoolMfaConfigInput) -> Result<Map<String, Value>, ConversionError> {
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

/// Returns the output of GetUserPoolMfaConfig, which has the members of SetUserPoolMfaConfig's. A pool without MFA tells no
/// factors.
pub fn mfa_config_output(record: &PoolRecord) -> Result<GetUserPoolMfaConfigOutput, ConversionError> {
    let all = pool_defaults(&record.settings);
    let stored: CreateUserPoolInput = settings::read(&record.settings, &[("PoolName", &record.name)])?;
    let has = |factor| record.pool.mfa.factors.contains(&factor);
    Ok(GetUserPoolMfaConfigOutput {
        sms_mfa_configuration: has(MfaFactor::Sms).then_some(types::SmsMfaConfigType {
            sms_authentication_message: stored.sms_authentication_message,
            sms_configuration: stored.sms_configuration,
        }),
        software_token_mfa_configuration: has(MfaFactor::SoftwareToken)
            .then_some(types::SoftwareTokenMfaConfigType { enabled: Some(true) }),
        email_mfa_configuration: if has(MfaFactor::Email) {
            setting(&all, pool_settings::EMAIL_MFA)?
        } else {
            None
        },
        mfa_configuration: Some(to_mfa_type(record.pool.mfa.mode)),
        web_authn_configuration: setting(&all, pool_settings::WEB_AUTHN)?,
    })
}

const fn to_mfa_type(mode: MfaMode) -> types::UserPoolMfaType {
    match mode {
        MfaMode::Off => types::UserPoolMfaType::Off,
        MfaMode::Optional => types::UserPoolMfaType::Optional,
        MfaMode::On => types::UserPoolMfaType::On,
    }
}

/// Reads a member of the settings that CreateUserPool does not have.
fn setting<T: ReadJson>(all: &Value, name: &str) -> Result<Option<T>, ConversionError> {
    let Some(value) = all.get(name) else { return Ok(None) };
    Ok(Some(from_json(&serde_json::to_vec(value)?, Style::Coral)?))
}

/// Reads the preferences of SetUserMFAPreference or AdminSetUserMFAPreference, one for each factor in the request.
pub fn read_preferences(
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
        sms.map(|sent| of(MfaFactor::Sms, sent.enabled, sent.preferred_mfa)),
        token.map(|sent| of(MfaFactor::SoftwareToken, sent.enabled, sent.preferred_mfa)),
        email.map(|sent| of(MfaFactor::Email, sent.enabled, sent.preferred_mfa)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Reads the preference of SetUserSettings or AdminSetUserSettings: SMS is enabled or not (*Documented*: they
/// configure no other factor).
pub fn read_options(sent: &[types::MfaOptionType]) -> Vec<Preference> {
    let by_sms = |one: &types::MfaOptionType| one.delivery_medium == Some(types::DeliveryMediumType::Sms);
    vec![Preference { factor: MfaFactor::Sms, enabled: sent.iter().any(by_sms), preferred: false }]
}

/// Returns the output of AssociateSoftwareToken.
pub fn associate_software_token_output(
    secret: &TokenSecret,
    session: Option<&SessionHandle>,
) -> Result<AssociateSoftwareTokenOutput, BrokenRules> {
    let text = secret.to_base32();
    Ok(AssociateSoftwareTokenOutput {
        secret_code: text.expose_str().map(|text| text.to_owned().into()),
        session: session.map(|session| session.expose().try_into()).transpose()?,
    })
}

/// Returns the output of VerifySoftwareToken. The status is never ERROR, because a wrong code is refused (*Observed*
/// in public reports).
pub fn verify_software_token_output(
    session: Option<&SessionHandle>,
) -> Result<VerifySoftwareTokenOutput, BrokenRules> {
    Ok(VerifySoftwareTokenOutput {
        status: Some(types::VerifySoftwareTokenResponseType::Success),
        session: session.map(|session| session.expose().try_into()).transpose()?,
    })
}

/// The MFA settings of a user, as members of an output. A member is `None` if it would be empty.
#[derive(Debug)]
pub(super) struct UserMfaSettings {
    /// MFAOptions, which contain SMS only (*Documented*).
    pub(super) options: Option<Vec<types::MfaOptionType>>,
    pub(super) preferred: Option<types::StringType>,
    pub(super) active: Option<Vec<types::StringType>>,
}

/// Converts the MFA settings of a user.
pub(super) fn user_mfa_settings(user: &User) -> Result<UserMfaSettings, BrokenRules> {
    let mfa = &user.mfa;
    let option = types::MfaOptionType {
        delivery_medium: Some(types::DeliveryMediumType::Sms),
        attribute_name: Some("phone_number".try_into()?),
    };
    let active = mfa.active.iter().map(|factor| factor.as_str().try_into());
    let active = active.collect::<Result<Vec<_>, BrokenRules>>()?;
    Ok(UserMfaSettings {
        options: mfa.active.contains(&MfaFactor::Sms).then(|| vec![option]),
        preferred: mfa.preferred.map(|factor| factor.as_str().try_into()).transpose()?,
        active: (!active.is_empty()).then_some(active),
    })
}
