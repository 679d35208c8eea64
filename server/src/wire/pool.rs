//! User pools: what of their settings decides, and how all of them are given back.
//!
//! A request to create a pool and one to update it take the same way: the update is made a request to create
//! ([`updated`]), what was sent is looked at ([`asked`]), defaults are put in place ([`with_defaults`]), and of that
//! comes what decides ([`decides`]) and what is kept to be given back ([`settings`]).

use std::collections::BTreeSet;

use lido_cognito_idp::{
    operations::{CreateUserPoolInput, UpdateUserPoolInput},
    types,
};
use lido_domain::{
    Refusal,
    attribute::{contact::ContactKind, schema::Schema},
    id::PoolId,
    pool::{
        FirstFactor, Pool, Tier, alias::NameKind, password::PasswordPolicy, recovery::Recovery, sign_in_names,
    },
};

use super::{Unsayable, device, mfa, schema, settings, tags, time::date};
use crate::store::PoolRecord;

pub use super::{pool_asked::asked, pool_defaults::with_defaults};

settings::settings! {
    CreateUserPoolInput => types::UserPoolType {
        "Policies" policies,
        "DeletionProtection" deletion_protection,
        "LambdaConfig" lambda_config,
        "AutoVerifiedAttributes" auto_verified_attributes,
        "AliasAttributes" alias_attributes,
        "UsernameAttributes" username_attributes,
        "SmsVerificationMessage" sms_verification_message,
        "EmailVerificationMessage" email_verification_message,
        "EmailVerificationSubject" email_verification_subject,
        "VerificationMessageTemplate" verification_message_template,
        "SmsAuthenticationMessage" sms_authentication_message,
        "MfaConfiguration" mfa_configuration,
        "UserAttributeUpdateSettings" user_attribute_update_settings,
        "DeviceConfiguration" device_configuration,
        "EmailConfiguration" email_configuration,
        "SmsConfiguration" sms_configuration,
        "AdminCreateUserConfig" admin_create_user_config,
        "UserPoolAddOns" user_pool_add_ons,
        "DcrConfiguration" dcr_configuration,
        "UsernameConfiguration" username_configuration,
        "AccountRecoverySetting" account_recovery_setting,
        "UserPoolTier" user_pool_tier,
        "KeyConfiguration" key_configuration,
        "IssuerConfiguration" issuer_configuration,
        "AcrConfiguration" acr_configuration,
    }
}

/// An update as the request that would create the pool so (*Documented*: what an update leaves out is set to its
/// default). What cannot be updated stays: AliasAttributes, UsernameAttributes and UsernameConfiguration; the schema
/// and the tags lie elsewhere.
pub fn updated(asked: UpdateUserPoolInput, former: &PoolRecord) -> Result<CreateUserPoolInput, Unsayable> {
    let kept: CreateUserPoolInput = settings::read(&former.settings, &[("PoolName", &former.name)])?;
    Ok(CreateUserPoolInput {
        pool_name: asked.pool_name.unwrap_or(kept.pool_name),
        policies: asked.policies,
        deletion_protection: asked.deletion_protection,
        lambda_config: asked.lambda_config,
        auto_verified_attributes: asked.auto_verified_attributes,
        alias_attributes: kept.alias_attributes,
        username_attributes: kept.username_attributes,
        sms_verification_message: asked.sms_verification_message,
        email_verification_message: asked.email_verification_message,
        email_verification_subject: asked.email_verification_subject,
        verification_message_template: asked.verification_message_template,
        sms_authentication_message: asked.sms_authentication_message,
        mfa_configuration: asked.mfa_configuration,
        user_attribute_update_settings: asked.user_attribute_update_settings,
        device_configuration: asked.device_configuration,
        email_configuration: asked.email_configuration,
        sms_configuration: asked.sms_configuration,
        user_pool_tags: asked.user_pool_tags,
        admin_create_user_config: asked.admin_create_user_config,
        schema: None,
        user_pool_add_ons: asked.user_pool_add_ons,
        dcr_configuration: asked.dcr_configuration,
        username_configuration: kept.username_configuration,
        account_recovery_setting: asked.account_recovery_setting,
        user_pool_tier: asked.user_pool_tier,
        key_configuration: asked.key_configuration,
        issuer_configuration: asked.issuer_configuration,
        acr_configuration: asked.acr_configuration,
    })
}

/// The schema of a new pool.
pub fn new_schema(input: &CreateUserPoolInput) -> Result<Schema, Refusal> {
    let asked = input.schema.as_deref().map(|asked| schema::asked(asked)).transpose()?;
    Schema::default().extended(asked.unwrap_or_default())
}

/// What decides, of a request with its defaults in place.
pub fn decides(id: PoolId, schema: Schema, input: &CreateUserPoolInput) -> Result<Pool, Refusal> {
    let aliases = list(&input.alias_attributes, |one| match one {
        types::AliasAttributeType::PhoneNumber => NameKind::PhoneNumber,
        types::AliasAttributeType::Email => NameKind::Email,
        types::AliasAttributeType::PreferredUsername => NameKind::PreferredUsername,
    });
    let username_attributes = list(&input.username_attributes, |one| match one {
        types::UsernameAttributeType::PhoneNumber => ContactKind::PhoneNumber,
        types::UsernameAttributeType::Email => ContactKind::Email,
    });
    let mut pool = Pool { schema, ..Pool::new(id) };
    pool.names = sign_in_names(aliases, username_attributes)?;
    pool.case_sensitive = input.username_configuration.as_ref().is_none_or(|asked| asked.case_sensitive);
    pool.auto_verified = list(&input.auto_verified_attributes, contact);
    if let Some(policies) = &input.policies {
        if let Some(asked) = &policies.password_policy {
            pool.password_policy = password_policy(asked);
        }
        let factors =
            policies.sign_in_policy.as_ref().and_then(|asked| asked.allowed_first_auth_factors.as_ref());
        if let Some(factors) = factors {
            pool.first_factors = factors.iter().map(|factor| first_factor(*factor)).collect();
        }
    }
    let updates = input.user_attribute_update_settings.as_ref();
    let updates = updates.and_then(|asked| asked.attributes_require_verification_before_update.as_ref());
    pool.verified_before_update = updates.into_iter().flatten().map(|one| contact(*one)).collect();
    pool.recovery = recovery(input.account_recovery_setting.as_ref());
    let admin = input.admin_create_user_config.as_ref();
    pool.admin_create_only = admin.and_then(|asked| asked.allow_admin_create_user_only).unwrap_or(false);
    pool.tier = match input.user_pool_tier {
        Some(types::UserPoolTierType::Lite) => Tier::Lite,
        Some(types::UserPoolTierType::Essentials) | None => Tier::Essentials,
        Some(types::UserPoolTierType::Plus) => Tier::Plus,
    };
    let add_ons = input.user_pool_add_ons.as_ref();
    pool.records_events =
        add_ons.is_some_and(|add_ons| add_ons.advanced_security_mode != types::AdvancedSecurityModeType::Off);
    pool.mfa = mfa::asked(input);
    pool.devices = input.device_configuration.as_ref().map(device::policy);
    pool.deletion_protected = input.deletion_protection == Some(types::DeletionProtectionType::Active);
    Ok(pool)
}

/// A contact that a pool can verify.
pub(super) fn contact(attribute: types::VerifiedAttributeType) -> ContactKind {
    match attribute {
        types::VerifiedAttributeType::PhoneNumber => ContactKind::PhoneNumber,
        types::VerifiedAttributeType::Email => ContactKind::Email,
    }
}

/// A list of a request as a set.
pub(super) fn list<T: Copy, K: Ord>(values: &Option<Vec<T>>, kind: impl Fn(T) -> K) -> BTreeSet<K> {
    values.iter().flatten().map(|value| kind(*value)).collect()
}

/// The ways back that were asked for, by their priority; `admin_only` stands alone (*Documented*).
fn recovery(asked: Option<&types::AccountRecoverySettingType>) -> Recovery {
    let Some(asked) = asked.and_then(|asked| asked.recovery_mechanisms.as_ref()) else {
        return Recovery::default();
    };
    let mut ranked: Vec<_> = asked.iter().collect();
    ranked.sort_by_key(|option| *option.priority);
    let kinds = ranked.into_iter().map(|option| match option.name {
        types::RecoveryOptionNameType::VerifiedEmail => Some(ContactKind::Email),
        types::RecoveryOptionNameType::VerifiedPhoneNumber => Some(ContactKind::PhoneNumber),
        types::RecoveryOptionNameType::AdminOnly => None,
    });
    kinds.collect::<Option<_>>().map_or(Recovery::Administrator, Recovery::Contacts)
}

fn password_policy(asked: &types::PasswordPolicyType) -> PasswordPolicy {
    let default = PasswordPolicy::default();
    let number = |asked: Option<i32>, default: u32| {
        asked.and_then(|asked| u32::try_from(asked).ok()).unwrap_or(default)
    };
    PasswordPolicy {
        minimum_length: number(asked.minimum_length.as_deref().copied(), default.minimum_length),
        require_uppercase: asked.require_uppercase.unwrap_or(false),
        require_lowercase: asked.require_lowercase.unwrap_or(false),
        require_numbers: asked.require_numbers.unwrap_or(false),
        require_symbols: asked.require_symbols.unwrap_or(false),
        history_size: number(asked.password_history_size.as_deref().copied(), default.history_size),
        temporary_validity_days: number(
            asked.temporary_password_validity_days.as_deref().copied(),
            default.temporary_validity_days,
        ),
    }
}

fn first_factor(factor: types::AuthFactorType) -> FirstFactor {
    match factor {
        types::AuthFactorType::Password => FirstFactor::Password,
        types::AuthFactorType::EmailOtp => FirstFactor::EmailOtp,
        types::AuthFactorType::SmsOtp => FirstFactor::SmsOtp,
        types::AuthFactorType::WebAuthn => FirstFactor::WebAuthn,
        types::AuthFactorType::SoftwareToken => FirstFactor::SoftwareToken,
    }
}

/// A pool as CreateUserPool and DescribeUserPool tell it.
pub fn told(record: &PoolRecord, arn: &str, users: usize) -> Result<types::UserPoolType, Unsayable> {
    let input = settings::read(&record.settings, &[("PoolName", &record.name)])?;
    Ok(types::UserPoolType {
        id: Some(record.pool.id.as_str().try_into()?),
        name: Some(record.name.as_str().try_into()?),
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        schema_attributes: Some(schema::told(&record.pool.schema)?),
        estimated_number_of_users: Some(i32::try_from(users).unwrap_or(i32::MAX)),
        user_pool_tags: Some(tags::told(&record.tags)?),
        arn: Some(arn.try_into()?),
        ..give_back(input)
    })
}

/// A pool as ListUserPools tells it.
pub fn described(record: &PoolRecord) -> Result<types::UserPoolDescriptionType, Unsayable> {
    let input: CreateUserPoolInput = settings::read(&record.settings, &[("PoolName", &record.name)])?;
    Ok(types::UserPoolDescriptionType {
        id: Some(record.pool.id.as_str().try_into()?),
        name: Some(record.name.as_str().try_into()?),
        lambda_config: input.lambda_config,
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        ..types::UserPoolDescriptionType::default()
    })
}
