//! Conversion of user pools: requests to the settings that are stored, and stored settings to the API's types.
//!
//! Members are stored as sent ([`to_settings`], [`update_members`]). How an update changes the stored settings, and which
//! settings are refused, is decided in [`lido_domain::pool::settings`]; [`lido_domain::pool::defaults`] has the defaults
//! that responses contain.

use lido_cognito_idp::{
    operations::{CreateUserPoolInput, UpdateUserPoolInput},
    types,
};
use lido_domain::{
    Refusal,
    attribute::schema::Schema,
    pool::{defaults, domain::Domain},
};

use super::{ConversionError, schema, settings, tags, time::date};
use crate::store::PoolRecord;

settings::settings_conversions! {
    CreateUserPoolInput except { pool_name, user_pool_tags, schema },
    UpdateUserPoolInput except { user_pool_id, user_pool_tags, pool_name } => types::UserPoolType {
        "Policies" policies,
        "DeletionProtection" deletion_protection,
        "LambdaConfig" lambda_config,
        "AutoVerifiedAttributes" auto_verified_attributes,
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
        "AccountRecoverySetting" account_recovery_setting,
        "UserPoolTier" user_pool_tier,
        "KeyConfiguration" key_configuration,
        "IssuerConfiguration" issuer_configuration,
        "AcrConfiguration" acr_configuration,
    } only {
        "AliasAttributes" alias_attributes,
        "UsernameAttributes" username_attributes,
        "UsernameConfiguration" username_configuration,
    } hidden {}
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
    let domain_type =
        |domain: &Option<Domain>| domain.as_ref().map(|domain| domain.name.as_str().try_into()).transpose();
    Ok(types::UserPoolType {
        id: Some(record.pool.id.as_str().try_into()?),
        name: Some(record.name.as_str().try_into()?),
        last_modified_date: Some(date(record.modified_at)),
        creation_date: Some(date(record.created_at)),
        schema_attributes: Some(schema::to_schema_attributes(&record.pool.schema)?),
        estimated_number_of_users: Some(i32::try_from(users).unwrap_or(i32::MAX)),
        user_pool_tags: Some(tags::to_tag_map(&record.tags)?),
        arn: Some(arn.try_into()?),
        domain: domain_type(&record.domains.prefix)?,
        custom_domain: domain_type(&record.domains.custom)?,
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
