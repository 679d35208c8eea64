//! What a pool has whose creator said nothing of it.

use std::collections::BTreeMap;

use lido_cognito_idp::{operations::CreateUserPoolInput, types};
use lido_domain::pool::password::PasswordPolicy;
use lido_runtime::Violated;

/// The request with every default in place, as the pool will give it back.
///
/// AccountRecoverySetting and UsernameConfiguration stay absent, because their absence means something of its own
/// (*Documented*: recovery by phone before e-mail, cog-0400; case-sensitive names). What else stays absent was absent
/// in a recorded answer to a request that named nothing of it (a raw body of July 2020).
pub fn with_defaults(mut input: CreateUserPoolInput) -> Result<CreateUserPoolInput, Violated> {
    let days = temporary_password_days(&input);
    let mut policies = input.policies.unwrap_or_default();
    policies.password_policy = Some(password_policy(policies.password_policy, days)?);
    policies.sign_in_policy = Some(sign_in_policy(policies.sign_in_policy)?);
    input.policies = Some(policies);
    input.deletion_protection.get_or_insert(types::DeletionProtectionType::Inactive);
    // *Observed*: an empty object where no function is set.
    input.lambda_config.get_or_insert_default();
    input.mfa_configuration.get_or_insert(types::UserPoolMfaType::Off);
    let email = input.email_configuration.get_or_insert_default();
    email.email_sending_account.get_or_insert(types::EmailSendingAccountType::CognitoDefault);
    let admin = input.admin_create_user_config.get_or_insert_default();
    admin.allow_admin_create_user_only.get_or_insert(false);
    if admin.unused_account_validity_days.as_deref().is_none_or(|days| *days == 0) {
        admin.unused_account_validity_days =
            Some(whole(PasswordPolicy::default().temporary_validity_days).try_into()?);
    }
    // *Documented*, cog-0319.
    input.user_pool_tier.get_or_insert(types::UserPoolTierType::Essentials);
    input.acr_configuration = Some(acr_configuration(input.acr_configuration)?);
    mirror_messages(&mut input);
    Ok(input)
}

/// For how long a temporary password is good, if anything was said of it; a zero says nothing (*Documented*).
/// *Chosen*: who says it in the old place alone means the same.
fn temporary_password_days(input: &CreateUserPoolInput) -> Option<i32> {
    let policy = input.policies.as_ref().and_then(|policies| policies.password_policy.as_ref());
    let new = policy.and_then(|policy| policy.temporary_password_validity_days.as_deref().copied());
    let admin = input.admin_create_user_config.as_ref();
    let old = admin.and_then(|admin| admin.unused_account_validity_days.as_deref().copied());
    new.filter(|days| *days > 0).or(old.filter(|days| *days > 0))
}

/// The names of all four levels: answers have them all (*Documented*, UserPoolType).
fn acr_configuration(
    sent: Option<types::AcrConfigurationType>,
) -> Result<types::AcrConfigurationType, Violated> {
    let sent = sent.map(types::AcrConfigurationType::into_inner).unwrap_or_default();
    let mut all = BTreeMap::new();
    for level in 1..=4 {
        let acr_value = default_acr(level).as_str().try_into()?;
        all.insert(format!("Level{level}").as_str().try_into()?, types::AcrLevelConfigType { acr_value });
    }
    all.extend(sent);
    all.try_into()
}

/// What a level of authentication is called by default (*Documented*, CreateUserPool).
pub(super) fn default_acr(level: u8) -> String {
    format!("urn:cognito:loa:{level}")
}

/// Without a policy the domain's default; of a policy that was sent, what it leaves out is not asked for (*Chosen*).
fn password_policy(
    sent: Option<types::PasswordPolicyType>,
    days: Option<i32>,
) -> Result<types::PasswordPolicyType, Violated> {
    let default = PasswordPolicy::default();
    let asks = sent.is_none();
    let mut policy = sent.unwrap_or_default();
    for (member, required) in [
        (&mut policy.require_uppercase, default.require_uppercase),
        (&mut policy.require_lowercase, default.require_lowercase),
        (&mut policy.require_numbers, default.require_numbers),
        (&mut policy.require_symbols, default.require_symbols),
    ] {
        member.get_or_insert(asks && required);
    }
    if policy.minimum_length.is_none() {
        policy.minimum_length = Some(whole(default.minimum_length).try_into()?);
    }
    // *Documented*, PasswordPolicyType: a history of none is not told.
    policy.password_history_size.take_if(|size| **size == 0);
    let days = days.unwrap_or(whole(default.temporary_validity_days));
    policy.temporary_password_validity_days = Some(days.try_into()?);
    Ok(policy)
}

fn sign_in_policy(sent: Option<types::SignInPolicyType>) -> Result<types::SignInPolicyType, Violated> {
    let mut policy = sent.unwrap_or_default();
    if policy.allowed_first_auth_factors.is_none() {
        policy.allowed_first_auth_factors = Some(vec![types::AuthFactorType::Password].try_into()?);
    }
    Ok(policy)
}

/// The older members and the template hold the same texts; whichever was sent is given back in both (*Observed*), the
/// template's where both were (*Chosen*).
fn mirror_messages(input: &mut CreateUserPoolInput) {
    let template = input.verification_message_template.get_or_insert_default();
    template.default_email_option.get_or_insert(types::DefaultEmailOptionType::ConfirmWithCode);
    mirror(&mut template.email_message, &mut input.email_verification_message);
    mirror(&mut template.email_subject, &mut input.email_verification_subject);
    mirror(&mut template.sms_message, &mut input.sms_verification_message);
}

fn mirror<T: Clone>(first: &mut Option<T>, second: &mut Option<T>) {
    match first {
        Some(_) => second.clone_from(first),
        None => first.clone_from(second),
    }
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
