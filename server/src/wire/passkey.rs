//! Passkeys: the documents that browsers are handed and hand back, and how passkeys are told.
//!
//! The documents are those of WebAuthn's JSON (`PublicKeyCredentialCreationOptionsJSON` and its like), so that a page
//! parses them by the browser's own `parseCreationOptionsFromJSON` and sends back what `toJSON` gives.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lido_cognito_idp::types::WebAuthnCredentialDescription;
use lido_domain::{
    flow::passkeys::CreationOptions, sign_in::challenge::AskedPasskey, user::passkey::Passkey,
};
use lido_runtime::types::Document;
use serde_json::{Value, json};

use super::{Unsayable, document::document, time::date};

/// How long a browser waits for the user (*Documented*, the example of StartWebAuthnRegistration).
const REGISTRATION_TIMEOUT_MILLIS: u64 = 60_000;

/// CredentialCreationOptions. The members, and ES256 before RS256, are *Documented* (the example of
/// StartWebAuthnRegistration); so is that the relying party's name is its id and the user's id the sub.
pub fn creation_options(options: &CreationOptions) -> Document {
    let CreationOptions { party, challenge, sub, username, exclude } = options;
    let excluded: Vec<_> =
        exclude.iter().map(|id| json!({ "id": id.as_str(), "type": "public-key" })).collect();
    document(json!({
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

/// CREDENTIAL_REQUEST_OPTIONS. *Chosen* from `PublicKeyCredentialRequestOptionsJSON`: it waits as long as the session.
pub fn request_options(asked: &AskedPasskey) -> Value {
    let AskedPasskey { challenge, party, allowed, ttl } = asked;
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

/// A passkey in the answer of ListWebAuthnCredentials.
pub fn told(passkey: &Passkey) -> Result<WebAuthnCredentialDescription, Unsayable> {
    let mut told = WebAuthnCredentialDescription::new(
        passkey.id.as_str().try_into()?,
        passkey.name.as_str().try_into()?,
        passkey.relying_party.as_str().try_into()?,
        passkey.transports.clone(),
        date(passkey.created_at),
    );
    told.authenticator_attachment = passkey.attachment.map(|attachment| attachment.as_str().to_owned());
    Ok(told)
}
