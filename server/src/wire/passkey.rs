//! Conversion of passkeys, and the options that browsers create and use them with.
//!
//! The options are WebAuthn's JSON types (`PublicKeyCredentialCreationOptionsJSON` and
//! `PublicKeyCredentialRequestOptionsJSON`), so that a page parses them with the browser's
//! `parseCreationOptionsFromJSON` and sends the result of `toJSON`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lido_cognito_idp::types::WebAuthnCredentialDescription;
use lido_domain::{
    flow::passkeys::CreationOptions, sign_in::challenge::PasskeyPrompt, user::passkey::Passkey,
};
use lido_runtime::types::Document;
use serde_json::{Value, json};

use super::{ConversionError, document, time::date};

/// The time that a browser waits for the user, in milliseconds (*Documented*, the example of
/// StartWebAuthnRegistration).
const REGISTRATION_TIMEOUT_MILLIS: u64 = 60_000;

/// Returns CredentialCreationOptions.
///
/// *Documented* by the example of StartWebAuthnRegistration: the members, ES256 before RS256, the id of the relying
/// party as its name, and the sub as the id of the user.
pub fn creation_options(options: &CreationOptions) -> Document {
    let CreationOptions { party, challenge, sub, username, exclude } = options;
    let excluded: Vec<_> =
        exclude.iter().map(|id| json!({ "id": id.as_str(), "type": "public-key" })).collect();
    document::from_json(json!({
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": party.user_verification.as_str(),
        },
        "challenge": challenge.as_str(),
        "excludeCredentials": excluded,
        "pubKeyCredParams": [
            { "alg": -7, "type": "public-key" },
            { "alg": -257, "type": "public-key" },
        ],
        "rp": { "id": party.id, "name": party.id },
        "timeout": REGISTRATION_TIMEOUT_MILLIS,
        "user": {
            "displayName": username.as_str(),
            "id": URL_SAFE_NO_PAD.encode(sub.as_str()),
            "name": username.as_str(),
        },
    }))
}

/// Returns CREDENTIAL_REQUEST_OPTIONS. *Chosen*: the browser waits for as long as the session is valid.
pub fn request_options(passkey: &PasskeyPrompt) -> Value {
    let PasskeyPrompt { challenge, party, allowed, ttl } = passkey;
    let allowed: Vec<_> = allowed
        .iter()
        .map(|passkey| {
            json!({ "id": passkey.id.as_str(), "transports": passkey.transports, "type": "public-key" })
        })
        .collect();
    json!({
        "challenge": challenge.as_str(),
        "timeout": u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX),
        "rpId": party.id,
        "allowCredentials": allowed,
        "userVerification": party.user_verification.as_str(),
    })
}

/// Converts a passkey.
pub fn to_credential_description(
    passkey: &Passkey,
) -> Result<WebAuthnCredentialDescription, ConversionError> {
    let mut description = WebAuthnCredentialDescription::new(
        passkey.id.as_str().try_into()?,
        passkey.name.as_str().try_into()?,
        passkey.relying_party.as_str().try_into()?,
        passkey.transports.clone(),
        date(passkey.created_at),
    );
    description.authenticator_attachment =
        passkey.attachment.map(|attachment| attachment.as_str().to_owned());
    Ok(description)
}
