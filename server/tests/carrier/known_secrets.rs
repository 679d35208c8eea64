//! The secrets that occurred, and how to look for them in a log.

use std::collections::{BTreeMap, BTreeSet};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// What is a secret, by the name of its member or parameter, in requests and answers alike.
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
    // Of the inbox.
    "code",
    // What a log has no business with either, though it is none.
    "Value",
    "to",
];

/// What is a secret and never told, or only to functions.
const KEPT: [&str; 3] = ["answer", "key", "verifier"];

/// Secrets by what they are called.
#[derive(Default)]
pub(crate) struct KnownSecrets(BTreeMap<String, BTreeSet<Vec<u8>>>);

impl KnownSecrets {
    /// Notes one.
    pub(crate) fn note(&mut self, name: &str, secret: &[u8]) {
        // Shorter ones, such as `true` in an attribute, are found anywhere.
        if secret.len() >= 6 {
            self.0.entry(name.to_owned()).or_default().insert(secret.to_owned());
        }
    }

    /// Notes all that stand in the JSON of a request or an answer.
    pub(crate) fn note_all(&mut self, json: &Value) {
        match json {
            Value::Array(all) => all.iter().for_each(|one| self.note_all(one)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if SECRET_MEMBERS.contains(&name.as_str()) => {
                            self.note(name, text.as_bytes());
                        }
                        value => self.note_all(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// What has not occurred.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        SECRET_MEMBERS.into_iter().chain(KEPT).filter(|name| !self.0.contains_key(*name)).collect()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }

    /// What is logged that should not be: the names, and how each was written.
    pub(crate) fn found_in(&self, log: &str) -> Vec<String> {
        let words: BTreeSet<&str> = log.split(|char: char| !char.is_alphanumeric()).collect();
        let all = self.0.iter().flat_map(|(name, all)| all.iter().map(move |secret| (name, secret)));
        let found = all.filter_map(|(name, secret)| {
            let form = forms(secret).into_iter().find(|form| is_logged(form, log, &words))?;
            Some(format!("{name}: {form}"))
        });
        found.collect()
    }
}

/// The digits of a code may stand in a time or in a longer id by chance; by themselves they would be the code.
fn is_logged(form: &str, log: &str, words: &BTreeSet<&str>) -> bool {
    if form.bytes().all(|byte| byte.is_ascii_digit()) { words.contains(form) } else { log.contains(form) }
}

/// How a secret may be written: as text, or as `Debug`, hexadecimal or Base64 would print its bytes. Of a token each part
/// but the first is one, and of what is long a part is enough.
fn forms(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    if let Ok(text) = std::str::from_utf8(secret) {
        match text.split('.').collect::<Vec<_>>().as_slice() {
            // A password may have dots too.
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
    // Whole groups of three bytes are written alike whatever follows.
    let whole = some.get(..some.len() / 3 * 3).unwrap_or_default();
    forms.extend([STANDARD.encode(whole), URL_SAFE_NO_PAD.encode(whole)]);
    forms
}

#[test]
fn secret_in_any_form_is_found_in_a_log() {
    let mut secrets = KnownSecrets::default();
    secrets
        .note_all(&serde_json::json!({"AuthParameters": {"PASSWORD": "S3cret-Passw0rd"}, "Code": "123456"}));
    assert_eq!(secrets.count(), 2);
    assert!(!secrets.missing().contains(&"PASSWORD") && secrets.missing().contains(&"Session"));
    let bytes = format!("{:?}", b"S3cret-Passw0rd");
    let base64 = STANDARD.encode("S3cret-Passw0rd and more");
    for log in ["a S3cret-Passw0rd b", &bytes, &base64, "5333637265742d506173737730726464", "code=123456 ok"]
    {
        assert_eq!(secrets.found_in(log).len(), 1, "{log}");
    }
    secrets.note("Password", b"a.Dotted1.");
    for log in ["at 1123456 and 12345", "S3cret", ""] {
        assert!(secrets.found_in(log).is_empty(), "{log}");
    }
    secrets.note("AccessToken", b"eyJhbGciOiJ.a-body.a-signature");
    for log in ["a.Dotted1. b", "only a-body", "only a-signature"] {
        assert_eq!(secrets.found_in(log).len(), 1, "{log}");
    }
    assert!(secrets.found_in("eyJhbGciOiJ").is_empty());
}
