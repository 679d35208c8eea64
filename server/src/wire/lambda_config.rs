//! The triggers of a pool, and what else of its settings their events depend on.

use lido_domain::contact::ContactKind;
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
