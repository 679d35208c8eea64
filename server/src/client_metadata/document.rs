//! The form of a client ID metadata document.

use serde_json::Value;

/// The most bytes of a document.
///
/// *Documented* in the draft of OAuth Client ID Metadata Documents: at most 5 kilobytes are recommended.
pub(super) const MAX_BYTES: usize = 5 * 1024;

/// The reason why a document is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// It is too large.
    #[error("the document is too large")]
    TooLarge,
    /// It is not a JSON object.
    #[error("the document is not a JSON object")]
    NotAnObject,
    /// Its `client_id` is not its own address.
    #[error("the client_id of the document is not its address")]
    OtherClient,
    /// It has a client secret. A document is public.
    #[error("the document has a client secret")]
    Secret,
}

/// Parses the document at an address. The draft demands that `client_id` is the address, byte for byte, and that
/// there is no secret.
pub(super) fn parse(url: &str, body: &[u8]) -> Result<Value, DocumentFault> {
    if body.len() > MAX_BYTES {
        return Err(DocumentFault::TooLarge);
    }
    let document: Value = serde_json::from_slice(body).map_err(|_| DocumentFault::NotAnObject)?;
    let members = document.as_object().ok_or(DocumentFault::NotAnObject)?;
    if members.get("client_id").and_then(Value::as_str) != Some(url) {
        return Err(DocumentFault::OtherClient);
    }
    if ["client_secret", "client_secret_expires_at"].iter().any(|name| members.contains_key(*name)) {
        return Err(DocumentFault::Secret);
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_must_name_its_own_address() {
        let url = "https://app.example.com/client.json";
        let give = |text: &str| parse(url, text.as_bytes()).map(drop);
        assert_eq!(
            give(r#"{"client_id":"https://app.example.com/client.json","client_name":"App"}"#),
            Ok(())
        );
        assert_eq!(
            give(r#"{"client_id":"https://app.example.com/client.json/"}"#),
            Err(DocumentFault::OtherClient)
        );
        assert_eq!(give("{}"), Err(DocumentFault::OtherClient));
        assert_eq!(give("[]"), Err(DocumentFault::NotAnObject));
        assert_eq!(give("<html>"), Err(DocumentFault::NotAnObject));
        let secret = r#"{"client_id":"https://app.example.com/client.json","client_secret":"x"}"#;
        assert_eq!(give(secret), Err(DocumentFault::Secret));
        let long = format!("{{\"client_id\":\"{}\"}}", "a".repeat(MAX_BYTES));
        assert_eq!(give(&long), Err(DocumentFault::TooLarge));
    }
}
