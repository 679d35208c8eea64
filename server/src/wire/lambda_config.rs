//! Reads the triggers of a pool from its settings, and the other settings that trigger events depend on.
//!
//! A function returns `None` if the pool does not have the setting.

use lido_domain::attribute::contact::ContactKind;
use serde_json::Value;

use crate::store::PoolRecord;

/// Returns the ARN of PreSignUp.
pub fn pre_sign_up(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PreSignUp")
}

/// Returns the ARN of PostConfirmation.
pub fn post_confirmation(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PostConfirmation")
}

/// Returns the ARN of PreAuthentication.
pub fn pre_authentication(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PreAuthentication")
}

/// Returns the ARN of PostAuthentication.
pub fn post_authentication(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PostAuthentication")
}

/// Returns the ARN of DefineAuthChallenge.
pub fn define_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/DefineAuthChallenge")
}

/// Returns the ARN of CreateAuthChallenge.
pub fn create_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/CreateAuthChallenge")
}

/// Returns the ARN of VerifyAuthChallengeResponse.
pub fn verify_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/VerifyAuthChallengeResponse")
}

/// Returns the ARN of UserMigration.
pub fn user_migration(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/UserMigration")
}

/// Returns the ARN of PreTokenGeneration and the version of its event.
///
/// The settings may contain the ARN twice, always of the same function; the older member has no version.
pub fn pre_token_generation(pool: &PoolRecord) -> Option<(&str, TokenEventVersion)> {
    let version = match text(pool, "/LambdaConfig/PreTokenGenerationConfig/LambdaVersion") {
        Some("V2_0") => TokenEventVersion::Two,
        Some("V3_0") => TokenEventVersion::Three,
        _ => TokenEventVersion::One,
    };
    let arn = text(pool, "/LambdaConfig/PreTokenGenerationConfig/LambdaArn");
    Some((arn.or_else(|| text(pool, "/LambdaConfig/PreTokenGeneration"))?, version))
}

/// The version of the event of PreTokenGeneration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEventVersion {
    /// V1_0: changes the id token.
    One,
    /// V2_0: changes the id token and the access token.
    Two,
    /// V3_0: as V2_0, and for the client credentials grant.
    Three,
}

/// Returns the ARN of CustomMessage.
pub fn custom_message(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/CustomMessage")
}

/// Returns the ARN of CustomEmailSender or CustomSMSSender.
pub fn custom_sender(pool: &PoolRecord, kind: ContactKind) -> Option<&str> {
    match kind {
        ContactKind::Email => text(pool, "/LambdaConfig/CustomEmailSender/LambdaArn"),
        ContactKind::PhoneNumber => text(pool, "/LambdaConfig/CustomSMSSender/LambdaArn"),
    }
}

/// Returns the ARN of the KMS key that encrypts the codes for custom senders.
pub fn kms_key(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/KMSKeyID")
}

/// Returns whether email is sent from the developer's account (EmailSendingAccount is DEVELOPER).
pub fn is_developer_email(pool: &PoolRecord) -> bool {
    text(pool, "/EmailConfiguration/EmailSendingAccount") == Some("DEVELOPER")
}

/// Returns the placeholder of the link in the pool's email template, `{##text##}`; the service's default if the pool
/// has none.
pub fn link_parameter(pool: &PoolRecord) -> String {
    let template = text(pool, "/VerificationMessageTemplate/EmailMessageByLink");
    let link = template.and_then(|template| template.split_once("{##")?.1.split_once("##}"));
    let text = link.map_or("Click Here", |(text, _)| text);
    format!("{{##{text}##}}")
}

/// Returns whether the pool confirms sign-ups by a link in a mail.
pub fn confirms_by_link(pool: &PoolRecord) -> bool {
    text(pool, "/VerificationMessageTemplate/DefaultEmailOption") == Some("CONFIRM_WITH_LINK")
}

/// Returns the string at a JSON pointer in the settings.
fn text<'a>(pool: &'a PoolRecord, pointer: &str) -> Option<&'a str> {
    pool.settings.pointer(pointer).and_then(Value::as_str)
}
