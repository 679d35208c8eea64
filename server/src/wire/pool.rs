//! Conversion of user pools: requests to the settings that are stored, and stored settings to the API's types.
//!
//! An update is first converted to the request that would create the pool ([`apply_update`]); the members of such a
//! request are stored as sent ([`to_settings`]). The rules are derived in [`lido_domain::pool::settings`], and defaults
//! are added in [`lido_domain::pool::defaults`] when a pool is shown.

use lido_cognito_idp::{
    operations::{CreateUserPoolInput, UpdateUserPoolInput},
    types,
};
use lido_domain::{Refusal, attribute::schema::Schema, pool::defaults};

use super::{ConversionError, schema, settings, tags, time::date};
use crate::store::PoolRecord;

settings::settings_conversions! {
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
    } except { pool_name, user_pool_tags, schema }
}

/// Converts an update to the request that would create the updated pool.
///
/// *Documented*: a setting that the update omits is set to its default. AliasAttributes, UsernameAttributes and
/// UsernameConfiguration cannot be updated and are kept; the schema and the tags are not stored in the settings.
pub fn apply_update(
    update: UpdateUserPoolInput,
    former: &PoolRecord,
) -> Result<CreateUserPoolInput, ConversionError> {
    let stored: CreateUserPoolInput = settings::read(&former.settings, &[("PoolName", &former.name)])?;
    Ok(CreateUserPoolInput {
        pool_name: update.pool_name.unwrap_or(stored.pool_name),
        policies: update.policies,
        deletion_protection: update.deletion_protection,
        lambda_config: update.lambda_config,
        auto_verified_attributes: update.auto_verified_attributes,
        alias_attributes: stored.alias_attributes,
        username_attributes: stored.username_attributes,
        sms_verification_message: update.sms_verification_message,
        email_verification_message: update.email_verification_message,
        email_verification_subject: update.email_verification_subject,
        verification_message_template: update.verification_message_template,
        sms_authentication_message: update.sms_authentication_message,
        mfa_configuration: update.mfa_configuration,
        user_attribute_update_settings: update.user_attribute_update_settings,
        device_configuration: update.device_configuration,
        email_configuration: update.email_configuration,
        sms_configuration: update.sms_configuration,
        user_pool_tags: update.user_pool_tags,
        admin_create_user_config: update.admin_create_user_config,
        schema: None,
        user_pool_add_ons: update.user_pool_add_ons,
        dcr_configuration: update.dcr_configuration,
        username_configuration: stored.username_configuration,
        account_recovery_setting: update.account_recovery_setting,
        user_pool_tier: update.user_pool_tier,
        key_configuration: update.key_configuration,
        issuer_configuration: update.issuer_configuration,
        acr_configuration: update.acr_configuration,
    })
}

/// Reads the schema of a new pool: the standard attributes and those of the request.
pub fn read_schema(input: &CreateUserPoolInput) -> Result<Schema, Refusal> {
    let attributes = input.schema.as_deref().map(|list| schema::read_attributes(list)).transpose()?;
    Schema::default().extended(attributes.unwrap_or_default())
}

/// Returns the request that would create the pool, with all defaults.
fn with_defaults(record: &PoolRecord) -> Result<CreateUserPoolInput, ConversionError> {
    settings::read(&defaults::with_defaults(&record.settings), &[("PoolName", &record.name)])
}

/// Converts a pool to the type of CreateUserPool and DescribeUserPool.
pub fn to_user_pool_type(
    record: &PoolRecord,
    arn: &str,
    users: usize,
) -> Result<types::UserPoolType, ConversionError> {
    let input = with_defaults(record)?;
    Ok(types::UserPoolType {
        id: Some(record.pool.id.as_str().try_into()?),
        name: Some(record.name.as_str().try_into()?),
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        schema_attributes: Some(schema::to_schema_attributes(&record.pool.schema)?),
        estimated_number_of_users: Some(i32::try_from(users).unwrap_or(i32::MAX)),
        user_pool_tags: Some(tags::to_tag_map(&record.tags)?),
        arn: Some(arn.try_into()?),
        ..from_settings(input)
    })
}

/// Converts a pool to an entry of ListUserPools.
pub fn to_user_pool_description(
    record: &PoolRecord,
) -> Result<types::UserPoolDescriptionType, ConversionError> {
    let input = with_defaults(record)?;
    Ok(types::UserPoolDescriptionType {
        id: Some(record.pool.id.as_str().try_into()?),
        name: Some(record.name.as_str().try_into()?),
        lambda_config: input.lambda_config,
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        ..types::UserPoolDescriptionType::default()
    })
}
