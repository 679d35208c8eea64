//! What a request says of a pool, as far as any of it can be refused: read before defaults are put in place, because
//! some of it may only not be said twice.

use lido_cognito_idp::{operations::CreateUserPoolInput, types};
use lido_domain::pool::{
    EventVersion,
    settings::{PoolSettings, Recovery, RecoveryBy, Sms},
};

use super::{
    pool::{contact, list},
    pool_defaults::default_acr,
};

/// The settings of a request as it was sent.
pub fn asked(input: &CreateUserPoolInput) -> PoolSettings {
    let email = input.email_configuration.as_ref();
    let update = input.user_attribute_update_settings.as_ref();
    let policy = input.policies.as_ref().and_then(|policies| policies.password_policy.as_ref());
    let admin = input.admin_create_user_config.as_ref();
    let functions = input.lambda_config.as_ref();
    let versioned = functions.and_then(|functions| functions.pre_token_generation_config.as_ref());
    let is_some_days = |days: Option<i32>| days.is_some_and(|days| days > 0);
    PoolSettings {
        mfa: matches!(
            input.mfa_configuration,
            Some(types::UserPoolMfaType::On | types::UserPoolMfaType::Optional)
        ),
        sms: input.sms_configuration.as_ref().map(sms),
        developer_email: email.and_then(|email| email.email_sending_account)
            == Some(types::EmailSendingAccountType::Developer),
        email_source: email.is_some_and(|email| email.source_arn.is_some()),
        verified_before_update: update
            .map(|update| list(&update.attributes_require_verification_before_update, contact))
            .unwrap_or_default(),
        recovery: recovery(input.account_recovery_setting.as_ref()),
        temporary_password_days: is_some_days(
            policy.and_then(|policy| policy.temporary_password_validity_days.as_deref().copied()),
        ),
        unused_account_days: is_some_days(
            admin.and_then(|admin| admin.unused_account_validity_days.as_deref().copied()),
        ),
        token_function: functions
            .and_then(|functions| functions.pre_token_generation.as_ref())
            .map(|text| text.to_string()),
        versioned_token_function: versioned.map(|versioned| versioned.lambda_arn.to_string()),
        token_event: versioned.and_then(|versioned| match versioned.lambda_version {
            types::PreTokenGenerationLambdaVersionType::V10 => None,
            types::PreTokenGenerationLambdaVersionType::V20 => Some(EventVersion::V2),
            types::PreTokenGenerationLambdaVersionType::V30 => Some(EventVersion::V3),
        }),
        invitations: invitations(admin),
        threat_protection: input.user_pool_add_ons.as_ref().is_some_and(is_threat_protection),
        acr_named: input.acr_configuration.as_ref().is_some_and(|names| !names.is_empty()),
        acr_names: acr_names(input.acr_configuration.as_ref()),
    }
}

/// A caller's ARN may be empty, and then is none.
fn sms(asked: &types::SmsConfigurationType) -> Sms {
    let messaging = asked.eums_sms.as_ref();
    Sms {
        by_sns: asked.sns_caller_arn.as_ref().is_some_and(|arn| !arn.is_empty()),
        by_end_user_messaging: messaging.is_some(),
        region: messaging.and_then(|messaging| messaging.region.as_ref()).map(|text| text.to_string()),
    }
}

fn recovery(asked: Option<&types::AccountRecoverySettingType>) -> Vec<Recovery> {
    let mechanisms = asked.and_then(|asked| asked.recovery_mechanisms.as_deref());
    let recovery = |one: &types::RecoveryOptionType| Recovery {
        priority: *one.priority,
        by: match one.name {
            types::RecoveryOptionNameType::VerifiedEmail => RecoveryBy::VerifiedEmail,
            types::RecoveryOptionNameType::VerifiedPhoneNumber => RecoveryBy::VerifiedPhoneNumber,
            types::RecoveryOptionNameType::AdminOnly => RecoveryBy::AdminOnly,
        },
    };
    mechanisms.into_iter().flatten().map(recovery).collect()
}

fn invitations(admin: Option<&types::AdminCreateUserConfigType>) -> Vec<String> {
    let Some(template) = admin.and_then(|admin| admin.invite_message_template.as_ref()) else {
        return Vec::new();
    };
    let sms = template.sms_message.as_ref().map(|text| text.to_string());
    let email = template.email_message.as_ref().map(|text| text.to_string());
    sms.into_iter().chain(email).collect()
}

fn is_threat_protection(add_ons: &types::UserPoolAddOnsType) -> bool {
    let more = add_ons.advanced_security_additional_flows.as_ref();
    add_ons.advanced_security_mode != types::AdvancedSecurityModeType::Off
        || more.is_some_and(|more| more.custom_auth_mode.is_some())
}

/// The names of all levels: those that were sent, and the default ones of the others.
fn acr_names(asked: Option<&types::AcrConfigurationType>) -> Vec<String> {
    let name = |level: u8| {
        let key = format!("Level{level}");
        let sent = asked.and_then(|asked| asked.iter().find(|(one, _)| one.as_str() == key));
        sent.map_or_else(|| default_acr(level), |(_, config)| config.acr_value.to_string())
    };
    (1..=4).map(name).collect()
}
