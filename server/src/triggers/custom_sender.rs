//! CustomEmailSender and CustomSMSSender: the function sends the message. It receives the code encrypted.
//!
//! *Documented*: both are invoked asynchronously, so the function's result is not known, and the AWS Encryption SDK
//! encrypts the code under the pool's KMSKeyID. Here that key is one of [`super::sender_keys`].

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_domain::{attribute::contact::ContactKind, code::Code, user::User};
use serde_json::json;

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    encryption::{self, EncryptionError},
};
use crate::{store::OutboxRow, wire::lambda_config};

impl Triggers {
    /// Invokes the custom sender with the message in `row` and its encrypted code.
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
        // *Observed* in a recorded event: `clientMetadata` is `null` if none was sent, and there is no `response`.
        let request = json!({
            "type": kind,
            "code": encrypted,
            "clientMetadata": context.cause.client_metadata,
            "userAttributes": attributes::of_user(&context.pool.pool, user),
        });
        let source = format!("{trigger}_{}", row.reason.as_str());
        let client = "CLIENT_ID_NOT_APPLICABLE".into();
        let event = context.asynchronous_event(&source, &row.username, client, request);
        self.invoke_async(trigger, arn, &event).await
    }

    /// Returns the code encrypted under the pool's KMSKeyID and bound to the pool.
    fn encrypted(
        &self,
        trigger: Trigger,
        context: EventContext<'_>,
        code: &Code,
    ) -> Result<String, TriggerFault> {
        let Some(id) = lambda_config::kms_key(context.pool) else {
            tracing::error!(%trigger, "a pool has a custom sender but no KMSKeyID; set it in its LambdaConfig");
            return Err(TriggerFault::Misconfigured(trigger));
        };
        let Some(key) = self.sender_keys.get(id) else {
            tracing::error!(%trigger, key = id, "the KMSKeyID of a pool is not in the file of --sender-key-file; add a line for it");
            return Err(TriggerFault::Misconfigured(trigger));
        };
        let encryption_context = [("userpool-id", context.pool.pool.id.as_str())];
        let message = encryption::encrypt(key, &encryption_context, code.expose().as_bytes(), &self.entropy);
        message.map(|message| STANDARD.encode(message)).map_err(|error: EncryptionError| {
            tracing::error!(%trigger, %error, "the code for a custom sender could not be encrypted");
            TriggerFault::Misconfigured(trigger)
        })
    }
}
