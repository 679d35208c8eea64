//! CustomEmailSender and CustomSMSSender: the message is the function's to send, and the code goes to it encrypted.
//!
//! *Documented*: these two are called asynchronously, so that what the function does with the event is not told, and
//! the code is encrypted by the AWS Encryption SDK under the pool's KMSKeyID. Here that key is one of
//! [`super::sender_keys`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_domain::{attribute::contact::ContactKind, code::Code, user::User};
use serde_json::json;

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    encryption::{self, EncryptionError},
};
use crate::{store::OutboxRow, wire::lambda_config};

impl Triggers {
    /// Hands the message in `row` over, with its code.
    pub(super) async fn custom_sender(
        &self,
        arn: &str,
        context: EventContext<'_>,
        row: &OutboxRow,
        user: &User,
        code: &Code,
    ) -> Result<(), TriggerFault> {
        let (trigger, kind) = match row.to.kind {
            ContactKind::Email => (Trigger::CustomEmailSender, "customEmailSenderRequestV1"),
            ContactKind::PhoneNumber => (Trigger::CustomSmsSender, "customSMSSenderRequestV1"),
        };
        let encrypted = self.encrypted(trigger, context, code)?;
        // *Observed* in a recorded event: `clientMetadata` is `null` here where none was sent, and there is no response.
        let request = json!({
            "type": kind,
            "code": encrypted,
            "clientMetadata": context.cause.client_metadata,
            "userAttributes": attributes::of_user(&context.pool.pool, user),
        });
        let source = format!("{trigger}_{}", row.reason.as_str());
        let client = "CLIENT_ID_NOT_APPLICABLE".into();
        let event = context.handover(&source, &row.username, client, request);
        self.hand_over(trigger, arn, &event).await
    }

    /// The code, encrypted under the pool's key for this pool only.
    fn encrypted(
        &self,
        trigger: Trigger,
        context: EventContext<'_>,
        code: &Code,
    ) -> Result<String, TriggerFault> {
        let Some(id) = lambda_config::kms_key(context.pool) else {
            tracing::error!(%trigger, "a pool has a custom sender and no KMSKeyID");
            return Err(TriggerFault::misconfigured(trigger));
        };
        let Some(key) = self.sender_keys.get(id) else {
            tracing::error!(%trigger, key = id, "no key of --sender-key-file has the KMSKeyID of a pool");
            return Err(TriggerFault::misconfigured(trigger));
        };
        let bound_to = [("userpool-id", context.pool.pool.id.as_str())];
        let message = encryption::encrypt(key, &bound_to, code.expose().as_bytes(), &self.entropy);
        message.map(|message| STANDARD.encode(message)).map_err(|error: EncryptionError| {
            tracing::error!(%trigger, %error, "a custom sender gets nothing");
            TriggerFault::misconfigured(trigger)
        })
    }
}
