//! Collects secrets from requests and responses, and searches a log for them.

use std::collections::{BTreeMap, BTreeSet};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// The names of members and parameters with secrets, in requests and responses.
const SECRET_MEMBERS: [&str; 35] = [
    "AccessToken",
    "ClientSecret",
    "ClientSecretValue",
    "Code",
    "ConfirmationCode",
    "EMAIL_OTP_CODE",
    "IdToken",
    "NEW_PASSWORD",
    "PASSWORD",
    "PASSWORD_CLAIM_SECRET_BLOCK",
    "PASSWORD_CLAIM_SIGNATURE",
    "Password",
    "PasswordVerifier",
    "PreviousPassword",
    "ProposedPassword",
    "REFRESH_TOKEN",
    "RefreshToken",
    "SALT",
    "SECRET_BLOCK",
    "SECRET_HASH",
    "SMS_MFA_CODE",
    "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA_CODE",
    "SRP_A",
    "SRP_B",
    "Salt",
    "SecretCode",
    "SecretHash",
    "Session",
    "TemporaryPassword",
    "Token",
    "UserCode",
    // In the inbox.
    "code",
    // Not secret, but personal data that must not be logged.
    "Value",
    "to",
];

/// Secrets that are in no request or response: they are stored, or sent to functions only.
const NOT_SENT: [&str; 3] = ["answer", "key", "verifier"];

/// Secrets by name.
#[derive(Default)]
pub(crate) struct KnownSecrets(BTreeMap<String, BTreeSet<Vec<u8>>>);

impl KnownSecrets {
    /// Adds a secret.
    pub(crate) fn add(&mut self, name: &str, secret: &[u8]) {
        // Shorter values, such as `true`, occur everywhere in a log.
        if secret.len() >= 6 {
            self.0.entry(name.to_owned()).or_default().insert(secret.to_owned());
        }
    }

    /// Adds all secrets in the JSON of a request or response.
    pub(crate) fn add_all(&mut self, json: &Value) {
        match json {
            Value::Array(all) => all.iter().for_each(|one| self.add_all(one)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if SECRET_MEMBERS.contains(&name.as_str()) => {
                            self.add(name, text.as_bytes());
                        }
                        value => self.add_all(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the names without a secret so far.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        SECRET_MEMBERS.into_iter().chain(NOT_SENT).filter(|name| !self.0.contains_key(*name)).collect()
    }

    /// Returns the number of secrets.
    pub(crate) fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// Returns the names of secrets that a log contains, each with the form in which it was found.
    pub(crate) fn find_in(&self, log: &str) -> Vec<String> {
        let words: BTreeSet<&str> = log.split(|char: char| !char.is_alphanumeric()).collect();
        let all = self.0.iter().flat_map(|(name, all)| all.iter().map(move |secret| (name, secret)));
        let found = all.filter_map(|(name, secret)| {
            let form = forms(secret).into_iter().find(|form| is_logged(form, log, &words))?;
            Some(format!("{name}: {form}"))
        });
        found.collect()
    }
}

/// Returns whether a log contains a secret. Digits count only as a whole word, since a time or an id may contain them by
/// chance.
fn is_logged(form: &str, log: &str, words: &BTreeSet<&str>) -> bool {
    if form.bytes().all(|byte| byte.is_ascii_digit()) { words.contains(form) } else { log.contains(form) }
}

/// Returns the forms in which a secret may be logged: as text, or its bytes as `Debug`, hexadecimal or Base64. For a token
/// these are its body and its signature; a long secret is shortened.
fn forms(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    if let Ok(text) = std::str::from_utf8(secret) {
        match text.split('.').collect::<Vec<_>>().as_slice() {
            // A password may contain dots too.
            [head, parts @ ..] if head.starts_with("eyJ") && parts.len() == 2 => {
                forms.extend(parts.iter().map(|part| part.chars().take(64).collect()));
            }
            _ => forms.push(text.chars().take(64).collect()),
        }
    }
    let some = secret.get(..24).unwrap_or(secret);
    let hex: String = some.iter().map(|byte| format!("{byte:02x}")).collect();
    let list: Vec<String> = some.iter().map(u8::to_string).collect();
    forms.extend([hex.to_uppercase(), hex, list.join(", ")]);
    // Base64 of whole groups of three bytes does not depend on the bytes that follow.
    let whole = some.get(..some.len() / 3 * 3).unwrap_or_default();
    forms.extend([STANDARD.encode(whole), URL_SAFE_NO_PAD.encode(whole)]);
    forms
}

#[test]
fn secret_in_any_form_is_found_in_a_log() {
    let mut secrets = KnownSecrets::default();
    secrets
        .add_all(&serde_json::json!({"AuthParameters": {"PASSWORD": "S3cret-Passw0rd"}, "Code": "123456"}));
    assert_eq!(secrets.count(), 2);
    assert!(!secrets.missing().contains(&"PASSWORD") && secrets.missing().contains(&"Session"));
    let bytes = format!("{:?}", b"S3cret-Passw0rd");
    let base64 = STANDARD.encode("S3cret-Passw0rd and more");
    for log in ["a S3cret-Passw0rd b", &bytes, &base64, "5333637265742d506173737730726464", "code=123456 ok"]
    {
        assert_eq!(secrets.find_in(log).len(), 1, "{log}");
    }
    secrets.add("Password", b"a.Dotted1.");
    for log in ["at 1123456 and 12345", "S3cret", ""] {
        assert!(secrets.find_in(log).is_empty(), "{log}");
    }
    secrets.add("AccessToken", b"eyJhbGciOiJ.a-body.a-signature");
    for log in ["a.Dotted1. b", "only a-body", "only a-signature"] {
        assert_eq!(secrets.find_in(log).len(), 1, "{log}");
    }
    assert!(secrets.find_in("eyJhbGciOiJ").is_empty());
}
