//! What a pool has whose creator said nothing of it.

use lido_cognito_idp::{operations::CreateUserPoolInput, types};
use lido_domain::password::PasswordPolicy;
use lido_runtime::Violated;

/// The request with every default in place, as the pool will give it back.
///
/// AccountRecoverySetting and UsernameConfiguration stay absent, because their absence means something of its own
/// (*Documented*: recovery by phone before e-mail, cog-0400; case-sensitive names).
pub fn with_defaults(mut input: CreateUserPoolInput) -> Result<CreateUserPoolInput, Violated> {
    let mut policies = input.policies.unwrap_or_default();
    policies.password_policy = Some(password_policy(policies.password_policy)?);
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
    if admin.unused_account_validity_days.is_none() {
        admin.unused_account_validity_days = Some(7.try_into()?);
    }
    // *Documented*, cog-0319.
    input.user_pool_tier.get_or_insert(types::UserPoolTierType::Essentials);
    mirror_messages(&mut input);
    Ok(input)
}

/// Without a policy the domain's default; of a policy that was sent, what it leaves out is not asked for (*Chosen*).
fn password_policy(sent: Option<types::PasswordPolicyType>) -> Result<types::PasswordPolicyType, Violated> {
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
    if policy.temporary_password_validity_days.is_none() {
        policy.temporary_password_validity_days = Some(whole(default.temporary_validity_days).try_into()?);
    }
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
