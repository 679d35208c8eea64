//! The triggers of a pool, and what else of its settings their events depend on.

use lido_domain::attribute::contact::ContactKind;
use serde_json::Value;

use crate::store::PoolRecord;

/// The ARN of PreSignUp.
pub fn pre_sign_up(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PreSignUp")
}

/// The ARN of PostConfirmation.
pub fn post_confirmation(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PostConfirmation")
}

/// The ARN of PreAuthentication.
pub fn pre_authentication(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PreAuthentication")
}

/// The ARN of PostAuthentication.
pub fn post_authentication(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/PostAuthentication")
}

/// The ARN of DefineAuthChallenge.
pub fn define_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/DefineAuthChallenge")
}

/// The ARN of CreateAuthChallenge.
pub fn create_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/CreateAuthChallenge")
}

/// The ARN of VerifyAuthChallengeResponse.
pub fn verify_challenge(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/VerifyAuthChallengeResponse")
}

/// The ARN of UserMigration.
pub fn user_migration(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/UserMigration")
}

/// The ARN of PreTokenGeneration, and which version of its event it gets. Where it is named twice the two are the same
/// function, and the older member says nothing of versions.
pub fn pre_token_generation(pool: &PoolRecord) -> Option<(&str, TokenEventVersion)> {
    let version = match text(pool, "/LambdaConfig/PreTokenGenerationConfig/LambdaVersion") {
        Some("V2_0") => TokenEventVersion::Two,
        Some("V3_0") => TokenEventVersion::Three,
        _ => TokenEventVersion::One,
    };
    let arn = text(pool, "/LambdaConfig/PreTokenGenerationConfig/LambdaArn");
    Some((arn.or_else(|| text(pool, "/LambdaConfig/PreTokenGeneration"))?, version))
}

/// The versions of the event of PreTokenGeneration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEventVersion {
    /// V1_0: about the id token.
    One,
    /// V2_0: about both tokens.
    Two,
    /// V3_0: the same, and about tokens of machines.
    Three,
}

/// The ARN of CustomMessage.
pub fn custom_message(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/CustomMessage")
}

/// The ARN of CustomEmailSender or CustomSMSSender.
pub fn custom_sender(pool: &PoolRecord, kind: ContactKind) -> Option<&str> {
    match kind {
        ContactKind::Email => text(pool, "/LambdaConfig/CustomEmailSender/LambdaArn"),
        ContactKind::PhoneNumber => text(pool, "/LambdaConfig/CustomSMSSender/LambdaArn"),
    }
}

/// The key under which custom senders get their codes.
pub fn kms_key(pool: &PoolRecord) -> Option<&str> {
    text(pool, "/LambdaConfig/KMSKeyID")
}

/// Whether mail leaves by the developer's account, EmailSendingAccount DEVELOPER.
pub fn mail_is_the_developers(pool: &PoolRecord) -> bool {
    text(pool, "/EmailConfiguration/EmailSendingAccount") == Some("DEVELOPER")
}

/// The link in the pool's template for mail with links, `{##its words##}`; where the pool has none, the service's.
pub fn link_parameter(pool: &PoolRecord) -> String {
    let template = text(pool, "/VerificationMessageTemplate/EmailMessageByLink");
    let link = template.and_then(|template| template.split_once("{##")?.1.split_once("##}"));
    let words = link.map_or("Click Here", |(words, _)| words);
    format!("{{##{words}##}}")
}

fn text<'a>(pool: &'a PoolRecord, pointer: &str) -> Option<&'a str> {
    pool.settings.pointer(pointer).and_then(Value::as_str)
}
