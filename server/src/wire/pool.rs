//! User pools: from requests to the settings that are kept, and from those to answers.
//!
//! A request to create a pool and one to update it take the same way: the update is made a request to create
//! ([`updated`]), and its members are kept as they were given ([`settings`]). What decides of them is the domain's matter
//! ([`lido_domain::pool::settings`]), and so are the defaults with which they are told ([`lido_domain::pool::defaults`]).

use lido_cognito_idp::{
    operations::{CreateUserPoolInput, UpdateUserPoolInput},
    types,
};
use lido_domain::{Refusal, attribute::schema::Schema, pool::defaults};

use super::{Unsayable, schema, settings, tags, time::date};
use crate::store::PoolRecord;

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
    } elsewhere { pool_name, user_pool_tags, schema }
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

/// The request that would create the pool so, with every default in place.
fn with_defaults(record: &PoolRecord) -> Result<CreateUserPoolInput, Unsayable> {
    settings::read(&defaults::with_defaults(&record.settings), &[("PoolName", &record.name)])
}

/// A pool as CreateUserPool and DescribeUserPool tell it.
pub fn told(record: &PoolRecord, arn: &str, users: usize) -> Result<types::UserPoolType, Unsayable> {
    let input = with_defaults(record)?;
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
