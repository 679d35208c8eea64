//! The settings of a user pool as its administrator sent them, and the [`Pool`] that is derived from them.
//!
//! They are stored as one JSON object with the members of CreateUserPool and of SetUserPoolMfaConfig, without the
//! defaults ([`crate::pool::defaults`]). [`PoolSettings`] reads the members that rules depend on or that can be
//! refused; other members, such as message templates and functions, are read by the server modules that use them. The
//! check of settings is in `check`, the changes by SetUserPoolMfaConfig are in `mfa`.

mod changed;
mod check;
mod mfa;
mod update;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::update::VERIFICATION_TEXTS;
pub use self::{
    changed::{ChangedSettings, SettingsOperation, create_user_pool},
    mfa::{SET_USER_POOL_MFA_CONFIG, set_user_pool_mfa_config},
    update::{UPDATE_USER_POOL, update_user_pool},
};

use crate::{
    attribute::{contact::ContactKind, schema::Schema},
    id::PoolId,
    pool::{
        FirstFactor, Pool, SignInNames, Tier,
        alias::NameKind,
        defaults::{self, with_defaults},
        devices::DevicePolicy,
        mfa::{MfaFactor, MfaMode, PoolMfa},
        passkeys::PasskeySettings,
        password::PasswordPolicy,
        recovery::Recovery,
    },
};

/// The member whose presence allows SMS as a second factor. The message text is in members of CreateUserPool.
pub const SMS_MFA: &str = "SmsMfaConfiguration";
/// The member that allows authenticator apps as a second factor or not.
pub const SOFTWARE_TOKEN_MFA: &str = "SoftwareTokenMfaConfiguration";
/// The member whose presence allows mail as a second factor. It also contains the message text.
pub const EMAIL_MFA: &str = "EmailMfaConfiguration";
/// The member with the passkey settings.
pub const WEB_AUTHN: &str = "WebAuthnConfiguration";

/// The members that configure a second factor. Passkeys do not (*Observed*, api-0115).
const FACTORS: [&str; 3] = [SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_MFA];

/// The settings of a pool that rules depend on or that can be refused, with their defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PoolSettings {
    policies: Policies,
    deletion_protection: Protection,
    lambda_config: LambdaConfig,
    auto_verified_attributes: BTreeSet<ContactKind>,
    alias_attributes: BTreeSet<NameKind>,
    username_attributes: BTreeSet<ContactKind>,
    mfa_configuration: MfaMode,
    user_attribute_update_settings: UpdateSettings,
    device_configuration: Option<DevicePolicy>,
    email_configuration: EmailConfiguration,
    sms_configuration: Option<SmsConfiguration>,
    admin_create_user_config: AdminCreateUserConfig,
    user_pool_add_ons: AddOns,
    username_configuration: Option<UsernameConfiguration>,
    account_recovery_setting: RecoverySetting,
    user_pool_tier: Tier,
    acr_configuration: BTreeMap<String, AcrLevel>,
    sms_mfa_configuration: Option<AnyObject>,
    software_token_mfa_configuration: Option<SoftwareTokenConfig>,
    email_mfa_configuration: Option<AnyObject>,
    #[serde(rename = "WebAuthnConfiguration")]
    passkeys: PasskeySettings,
    /// The presence of members that cannot be distinguished from defaults after these are added.
    #[serde(skip)]
    given: ExplicitMembers,
}

/// Whether the caller sent certain members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ExplicitMembers {
    acr_names: bool,
    temporary_password_days: bool,
    unused_account_days: bool,
    both_verification_texts: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Policies {
    password_policy: PasswordPolicy,
    sign_in_policy: SignInPolicy,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct SignInPolicy {
    allowed_first_auth_factors: BTreeSet<FirstFactor>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Protection {
    Active,
    #[default]
    Inactive,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct LambdaConfig {
    pre_token_generation: Option<String>,
    pre_token_generation_config: Option<VersionedFunction>,
    custom_email_sender: Option<CustomSender>,
    #[serde(rename = "CustomSMSSender")]
    custom_sms_sender: Option<CustomSender>,
    #[serde(rename = "KMSKeyID")]
    kms_key_id: Option<String>,
    /// The functions of the other triggers.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CustomSender {
    lambda_arn: String,
}

impl LambdaConfig {
    /// Returns the ARN of every function.
    fn functions(&self) -> impl Iterator<Item = &str> {
        let senders = self.custom_email_sender.iter().chain(&self.custom_sms_sender);
        let token = self.pre_token_generation_config.iter().map(|token| &token.lambda_arn);
        let named = senders.map(|sender| &sender.lambda_arn).chain(token).chain(&self.pre_token_generation);
        let others = self.others.values().filter_map(|function| {
            function.as_str().or_else(|| function.get("LambdaArn").and_then(Value::as_str))
        });
        named.map(String::as_str).chain(others)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VersionedFunction {
    lambda_version: LambdaVersion,
    lambda_arn: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum LambdaVersion {
    #[serde(rename = "V1_0")]
    V1,
    #[serde(rename = "V2_0")]
    V2,
    #[serde(rename = "V3_0")]
    V3,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct UpdateSettings {
    attributes_require_verification_before_update: BTreeSet<ContactKind>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct EmailConfiguration {
    email_sending_account: SendingAccount,
    source_arn: Option<String>,
    from: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SendingAccount {
    #[default]
    CognitoDefault,
    Developer,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct SmsConfiguration {
    /// The ARN. If it is empty, SNS is not configured.
    sns_caller_arn: String,
    sns_region: Option<String>,
    eums_sms: Option<EndUserMessaging>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct EndUserMessaging {
    region: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AdminCreateUserConfig {
    allow_admin_create_user_only: bool,
    invite_message_template: Invitation,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Invitation {
    #[serde(rename = "SMSMessage")]
    sms_message: Option<String>,
    email_message: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AddOns {
    advanced_security_mode: SecurityMode,
    advanced_security_additional_flows: AdditionalFlows,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SecurityMode {
    #[default]
    Off,
    Audit,
    Enforced,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AdditionalFlows {
    custom_auth_mode: Option<SecurityMode>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UsernameConfiguration {
    case_sensitive: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct RecoverySetting {
    recovery_mechanisms: Option<Vec<RecoveryMechanism>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecoveryMechanism {
    priority: i32,
    name: RecoveryName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecoveryName {
    VerifiedEmail,
    VerifiedPhoneNumber,
    AdminOnly,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AcrLevel {
    acr_value: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct SoftwareTokenConfig {
    enabled: bool,
}

/// An object whose presence matters, but not its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
struct AnyObject {}

impl PoolSettings {
    /// Reads settings and adds their defaults.
    ///
    /// # Errors
    ///
    /// Returns an error if a member has a type or value that the API does not allow.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::{attribute::schema::Schema, id::PoolId, pool::settings::PoolSettings};
    /// use serde_json::json;
    ///
    /// let settings = PoolSettings::from_json(&json!({ "DeletionProtection": "ACTIVE" }))?;
    /// let pool = settings.derive(PoolId::new("us-east-1_abcdefghi"), Schema::default());
    /// assert!(pool.deletion_protected);
    /// assert!(PoolSettings::from_json(&json!({ "DeletionProtection": "MAYBE" })).is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_json(given: &Value) -> Result<Self, serde_json::Error> {
        let days = |pointer| defaults::given_days(given, pointer).is_some();
        let acr_names = given.get("AcrConfiguration").and_then(Value::as_object);
        Ok(Self {
            given: ExplicitMembers {
                acr_names: acr_names.is_some_and(|names| !names.is_empty()),
                temporary_password_days: days(defaults::TEMPORARY_PASSWORD_DAYS),
                unused_account_days: days(defaults::UNUSED_ACCOUNT_DAYS),
                both_verification_texts: ["EmailMessage", "EmailMessageByLink"]
                    .iter()
                    .all(|name| given.pointer(&format!("/VerificationMessageTemplate/{name}")).is_some()),
            },
            ..serde_json::from_value(with_defaults(given))?
        })
    }

    /// Returns the values of the claim `acr` by level that are not the default ones.
    fn acr_values(&self) -> BTreeMap<u8, String> {
        let level = |name: &str| name.strip_prefix("Level")?.parse().ok();
        let values = self.acr_configuration.iter();
        let values = values.filter_map(|(name, value)| Some((level(name)?, value.acr_value.clone())));
        values.filter(|(level, value)| *value != defaults::acr_value(*level)).collect()
    }

    /// Returns the pool with this id, this schema and these settings.
    pub fn derive(&self, id: PoolId, schema: Schema) -> Pool {
        let admin = &self.admin_create_user_config;
        Pool {
            id,
            names: self.names(),
            case_sensitive: self.username_configuration.is_none_or(|names| names.case_sensitive),
            auto_verified: self.auto_verified_attributes.clone(),
            verified_before_update: self.verified_before_update().clone(),
            recovery: self.recovery(),
            schema,
            password_policy: self.policies.password_policy.clone(),
            admin_create_only: admin.allow_admin_create_user_only,
            first_factors: self.policies.sign_in_policy.allowed_first_auth_factors.clone(),
            passkeys: self.passkeys.clone(),
            tier: self.user_pool_tier,
            mfa: self.mfa(),
            devices: self.device_configuration,
            deletion_protected: self.deletion_protection == Protection::Active,
            records_events: self.user_pool_add_ons.advanced_security_mode != SecurityMode::Off,
            acr_values: self.acr_values(),
        }
    }

    /// Returns the sign-in names. `AliasAttributes` and `UsernameAttributes` exclude each other: see
    /// [`PoolSettings::check`].
    fn names(&self) -> SignInNames {
        let (aliases, attributes) = (&self.alias_attributes, &self.username_attributes);
        if !aliases.is_empty() {
            SignInNames::Aliases(aliases.clone())
        } else if !attributes.is_empty() {
            SignInNames::Attributes(attributes.clone())
        } else {
            SignInNames::UsernameOnly
        }
    }

    fn verified_before_update(&self) -> &BTreeSet<ContactKind> {
        &self.user_attribute_update_settings.attributes_require_verification_before_update
    }

    fn recovery_mechanisms(&self) -> &[RecoveryMechanism] {
        self.account_recovery_setting.recovery_mechanisms.as_deref().unwrap_or_default()
    }

    /// Returns the recovery mechanisms, ordered by priority. `admin_only` is only allowed alone (*Documented*).
    fn recovery(&self) -> Recovery {
        let Some(mechanisms) = &self.account_recovery_setting.recovery_mechanisms else {
            return Recovery::default();
        };
        let mut ranked = mechanisms.clone();
        ranked.sort_by_key(|one| one.priority);
        let kinds = ranked.into_iter().map(|one| match one.name {
            RecoveryName::VerifiedEmail => Some(ContactKind::Email),
            RecoveryName::VerifiedPhoneNumber => Some(ContactKind::PhoneNumber),
            RecoveryName::AdminOnly => None,
        });
        kinds.collect::<Option<_>>().map_or(Recovery::Administrator, Recovery::Contacts)
    }

    /// Returns whether a member configures a second factor, as SetUserPoolMfaConfig does.
    fn configures_factor(&self) -> bool {
        let token = self.software_token_mfa_configuration;
        self.sms_mfa_configuration.is_some()
            || token.is_some_and(|token| token.enabled)
            || self.email_mfa_configuration.is_some()
    }

    /// Returns the MFA settings.
    ///
    /// The second factors are those that SetUserPoolMfaConfig has configured. If it has configured none, SMS is a factor if
    /// an SMS configuration exists. A pool without MFA has no factors, because the service refuses OFF beside one (*Observed*,
    /// api-0113); stores of former builds have pools with both.
    fn mfa(&self) -> PoolMfa {
        let mode = self.mfa_configuration;
        if mode == MfaMode::Off {
            return PoolMfa::default();
        }
        let token = self.software_token_mfa_configuration;
        let has_factor_members =
            self.sms_mfa_configuration.is_some() || token.is_some() || self.email_mfa_configuration.is_some();
        let sms = if has_factor_members {
            self.sms_mfa_configuration.is_some()
        } else {
            self.sms_configuration.is_some()
        };
        let factors = [
            sms.then_some(MfaFactor::Sms),
            token.is_some_and(|token| token.enabled).then_some(MfaFactor::SoftwareToken),
            self.email_mfa_configuration.map(|_| MfaFactor::Email),
        ];
        PoolMfa { mode, factors: factors.into_iter().flatten().collect() }
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
