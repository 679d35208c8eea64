//! Authentication events: reads UserContextData and ContextData, and converts events to AuthEventType.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_cognito_idp::types;
use lido_domain::user::auth_event::{AuthEvent, EventKind};
use lido_runtime::BrokenRules;
use serde_json::Value;

use super::time::date;

/// The largest number of characters of an address, a device name or a time zone that is stored; *Chosen*, because any
/// client can send them.
const MAX_CHARACTERS: usize = 256;

/// The device of a user, as the app client describes it. It is not verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientContext {
    /// The IP address.
    pub address: Option<String>,
    /// The User-Agent.
    pub device_name: Option<String>,
    /// The time zone.
    pub timezone: Option<String>,
}

impl ClientContext {
    /// Reads an address and the EncodedData that the service's script for browsers collects.
    fn new(address: Option<&str>, encoded: Option<&str>) -> Self {
        let data = encoded.and_then(decode_context_data);
        let text = |name: &str| Some(truncate(data.as_ref()?.get(name)?.as_str()?));
        Self {
            address: address.map(truncate),
            device_name: text("UserAgent"),
            timezone: text("ClientTimezone"),
        }
    }
}

impl From<Option<types::UserContextDataType>> for ClientContext {
    fn from(sent: Option<types::UserContextDataType>) -> Self {
        let Some(sent) = sent else { return Self::default() };
        let text = |text: &Option<types::StringType>| text.as_ref().map(|text| text.to_string());
        Self::new(text(&sent.ip_address).as_deref(), text(&sent.encoded_data).as_deref())
    }
}

impl From<Option<types::ContextDataType>> for ClientContext {
    /// Reads the context data that a server sends for its user.
    fn from(sent: Option<types::ContextDataType>) -> Self {
        let Some(sent) = sent else { return Self::default() };
        let encoded = sent.encoded_data.map(|text| text.to_string());
        Self::new(Some(sent.ip_address.as_str()), encoded.as_deref())
    }
}

/// Truncates a text to the length that is stored.
pub fn truncate(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).collect()
}

/// Decodes the `contextData` of EncodedData: base64 of a JSON object whose `payload` is the text of another JSON object
/// (*Observed* in the script that Amplify loads). Returns `None` if the text has another form.
fn decode_context_data(encoded: &str) -> Option<Value> {
    let outer: Value = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()?;
    let mut inner: Value = serde_json::from_str(outer.get("payload")?.as_str()?).ok()?;
    Some(inner.get_mut("contextData")?.take())
}

/// Converts an authentication event. The risk is always `NoRisk`; city and country are not looked up.
pub fn to_auth_event_type(event: &AuthEvent) -> Result<types::AuthEventType, BrokenRules> {
    let text = |text: &Option<String>| text.as_deref().map(types::StringType::try_from).transpose();
    Ok(types::AuthEventType {
        event_id: Some(event.id.as_str().try_into()?),
        event_type: Some(match event.kind {
            EventKind::SignIn => types::EventType::SignIn,
            EventKind::SignUp => types::EventType::SignUp,
            EventKind::ForgotPassword => types::EventType::ForgotPassword,
            EventKind::PasswordChange => types::EventType::PasswordChange,
            EventKind::ResendCode => types::EventType::ResendCode,
        }),
        creation_date: Some(date(event.at)),
        event_response: Some(match event.is_pass {
            true => types::EventResponseType::Pass,
            false => types::EventResponseType::Fail,
        }),
        event_risk: Some(types::EventRiskType {
            risk_decision: Some(types::RiskDecisionType::NoRisk),
            risk_level: None,
            compromised_credentials_detected: Some(false),
        }),
        challenge_responses: None,
        event_context_data: Some(types::EventContextDataType {
            ip_address: text(&event.context.ip_address)?,
            device_name: text(&event.context.device_name)?,
            timezone: text(&event.context.timezone)?,
            city: None,
            country: None,
        }),
        event_feedback: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_context_reads_encoded_data_and_truncates() {
        let payload =
            r#"{"contextData":{"UserAgent":"Netscape","ClientTimezone":"+02:00"},"username":"ann"}"#;
        let encoded_data =
            serde_json::json!({ "payload": payload, "signature": "s", "version": "JS1" }).to_string();
        // (EncodedData, device, time zone)
        let cases = [
            (Some(STANDARD.encode(encoded_data)), Some("Netscape"), Some("+02:00")),
            (Some("demo".to_owned()), None, None),
            (Some(STANDARD.encode("{}")), None, None),
            (None, None, None),
        ];
        for (encoded, device, timezone) in cases {
            let context = ClientContext::new(Some(&"1".repeat(300)), encoded.as_deref());
            assert_eq!((context.device_name.as_deref(), context.timezone.as_deref()), (device, timezone));
            assert_eq!(context.address.map(|address| address.len()), Some(MAX_CHARACTERS));
        }
    }
}
