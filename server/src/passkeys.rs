//! What passkeys say, read and verified: the one place that names the WebAuthn library.
//!
//! The library verifies a ceremony against a state that it otherwise makes itself, with a challenge from its own
//! randomness. Here the state is made of what the rules decided and of bytes from [`crate::entropy`], in the form in
//! which the library keeps states between its two steps. That is also why this is `webauthn-rs-core` and not
//! `webauthn-rs` above it: that one makes the options too, and Cognito's are others (it asks for keys that
//! authenticators find by themselves, and for two algorithms).
//!
//! Attestation is neither asked for nor believed: whichever authenticator a user has is the user's affair.

use std::{fmt, time::Duration};

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use lido_domain::{
    Timestamp,
    id::Sub,
    pool::passkeys::RelyingParty,
    refusal::PasskeyFault,
    user::passkey::{Attachment, CredentialId, Passkey, PasskeyChallenge, TRANSPORTS},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};
use url::Url;
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AttestationFormat, AuthenticationState, AuthenticatorAssertionResponseRaw,
        AuthenticatorAttestationResponseRaw, Credential, ParsedAttestation, PublicKeyCredential,
        RegisterPublicKeyCredential, RegisteredExtensions, RegistrationState, UserVerificationPolicy,
    },
};

/// Base64 as WebAuthn writes it; clients that pad are understood too.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What people read of a passkey. *Chosen*: the service makes a name of the authenticator's kind, which it does not
/// document, and an authenticator need not tell its kind.
const NAME: &str = "Passkey";

/// What the library would tell browsers, and here tells nobody.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A new passkey as the client sends it: WebAuthn's `RegistrationResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    sent: Sent<Attestation>,
    client: ClientData,
}

/// What a passkey has signed as the client sends it: WebAuthn's `AuthenticationResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    sent: Sent<AssertionResponse>,
    client: ClientData,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent<T> {
    #[serde(rename = "type")]
    kind: String,
    raw_id: Bytes,
    response: T,
    authenticator_attachment: Option<String>,
}

/// The one type of credential that WebAuthn has.
const PUBLIC_KEY: &str = "public-key";

impl<T> Sent<T> {
    fn checked(self) -> Option<Self> {
        (self.kind == PUBLIC_KEY).then_some(self)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    attestation_object: Bytes,
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    #[serde(default)]
    transports: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    authenticator_data: Bytes,
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    signature: Bytes,
    user_handle: Option<Bytes>,
}

/// What the browser says of the ceremony, as far as it is looked at here; the library looks at the rest.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    challenge: Bytes,
    #[serde(default)]
    cross_origin: bool,
}

#[derive(Clone)]
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    /// Who could read it could answer in place of the client.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        BASE64.decode(String::deserialize(from)?).map(Self).map_err(D::Error::custom)
    }
}

impl Registration {
    /// Reads it; nothing, if it is none.
    pub(crate) fn read(credential: &Value) -> Option<Self> {
        let sent = Sent::<Attestation>::deserialize(credential).ok()?.checked()?;
        let client = serde_json::from_slice(&sent.response.client_data.0).ok()?;
        Some(Self { sent, client })
    }

    /// What it says that it has signed.
    pub(crate) fn challenge(&self) -> PasskeyChallenge {
        PasskeyChallenge::from_bytes(&self.client.challenge.0)
    }

    /// Verifies that it was made for this relying party, on its pages and with what it asks for.
    pub(crate) fn verify(self, party: &RelyingParty, now: Timestamp) -> Result<Passkey, PasskeyFault> {
        let Self { sent, client } = self;
        if client.cross_origin {
            return Err(PasskeyFault::Origin);
        }
        let state = json!({
            "policy": party.user_verification.as_str(),
            "exclude_credentials": [],
            "challenge": BASE64.encode(&client.challenge.0),
            "credential_algorithms": ["ES256", "RS256"],
            "require_resident_key": true,
            "authenticator_attachment": null,
            "extensions": {},
            "allow_synchronised_authenticators": true,
        });
        let state = RegistrationState::deserialize(state).map_err(|_| PasskeyFault::NotSupported)?;
        let registered = RegisterPublicKeyCredential {
            id: BASE64.encode(&sent.raw_id.0),
            raw_id: sent.raw_id.0,
            response: AuthenticatorAttestationResponseRaw {
                attestation_object: sent.response.attestation_object.0,
                client_data_json: sent.response.client_data.0,
                transports: None,
            },
            type_: sent.kind,
            extensions: Default::default(),
        };
        let credential = core(party).register_credential(&registered, &state, None).map_err(fault)?;
        let said = sent.response.transports.unwrap_or_default();
        let is_said = |known: &&str| said.iter().any(|said| said == known);
        Ok(Passkey {
            id: CredentialId::from_bytes(&credential.cred_id),
            relying_party: party.id.clone(),
            name: NAME.to_owned(),
            attachment: sent.authenticator_attachment.as_deref().and_then(Attachment::parse),
            transports: TRANSPORTS
                .iter()
                .filter(|known| is_said(known))
                .map(|&known| known.to_owned())
                .collect(),
            public_key: serde_json::to_string(&credential.cred).map_err(|_| PasskeyFault::NotSupported)?,
            counter: credential.counter,
            user_verified: credential.user_verified,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backup_state,
            created_at: now,
        })
    }
}

impl Assertion {
    /// Reads it; nothing, if it is none.
    pub(crate) fn read(credential: &str) -> Option<Self> {
        let sent = serde_json::from_str::<Sent<AssertionResponse>>(credential).ok()?.checked()?;
        let client = serde_json::from_slice(&sent.response.client_data.0).ok()?;
        Some(Self { sent, client })
    }

    /// Which of `passkeys` has signed `challenge` for this relying party, as it is now; nothing, if none has.
    pub(crate) fn verify(
        self,
        party: &RelyingParty,
        challenge: &PasskeyChallenge,
        of: &Sub,
        passkeys: Vec<Passkey>,
    ) -> Option<Passkey> {
        let Self { sent, client } = self;
        let handle = sent.response.user_handle.map(|handle| handle.0);
        if client.cross_origin || handle.as_ref().is_some_and(|handle| handle != of.as_str().as_bytes()) {
            return None;
        }
        let id = CredentialId::from_bytes(&sent.raw_id.0);
        let passkey = passkeys.into_iter().find(|passkey| passkey.id == id)?;
        let state = AuthenticationState::deserialize(json!({
            "credentials": [],
            "policy": party.user_verification.as_str(),
            "challenge": challenge.as_str(),
            "appid": null,
            // A key of one device may be brought into a keychain later.
            "allow_backup_eligible_upgrade": true,
        }));
        let asserted = PublicKeyCredential {
            id: BASE64.encode(&sent.raw_id.0),
            raw_id: sent.raw_id.0.clone(),
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: sent.response.authenticator_data.0,
                client_data_json: sent.response.client_data.0,
                signature: sent.response.signature.0,
                user_handle: handle,
            },
            extensions: Default::default(),
            type_: sent.kind,
        };
        let credential = credential(&passkey, sent.raw_id.0)?;
        let result = core(party).authenticate_single_credential(&asserted, &state.ok()?, &credential);
        let result = result.inspect_err(|error| tracing::debug!(%error, "a passkey did not sign in")).ok()?;
        Some(Passkey {
            counter: result.counter(),
            backup_eligible: result.backup_eligible(),
            backed_up: result.backup_state(),
            ..passkey
        })
    }
}

/// A passkey as the library knows it.
fn credential(passkey: &Passkey, id: Vec<u8>) -> Option<Credential> {
    Some(Credential {
        cred_id: id,
        cred: serde_json::from_str(&passkey.public_key).ok()?,
        counter: passkey.counter,
        transports: None,
        user_verified: passkey.user_verified,
        backup_eligible: passkey.backup_eligible,
        backup_state: passkey.backed_up,
        // Whoever was verified once must be verified always, which is what this means to the library.
        registration_policy: UserVerificationPolicy::Preferred,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    })
}

/// The library, for one relying party.
///
/// Pages may lie on the relying party's domain or below it, on any port, as browsers allow; without TLS on this machine
/// alone, as browsers have it too.
fn core(party: &RelyingParty) -> WebauthnCore {
    let is_local = party.id == "localhost" || party.id.ends_with(".localhost");
    let schemes: &[&str] = if is_local { &["https", "http"] } else { &["https"] };
    let origins = schemes.iter().filter_map(|scheme| Url::parse(&format!("{scheme}://{}", party.id)).ok());
    // An id that is more than a domain must not become an origin that is less.
    let origins = origins.filter(|origin| origin.host_str() == Some(party.id.as_str()));
    WebauthnCore::new_unsafe_experts_only(
        &party.id,
        &party.id,
        origins.collect(),
        TIMEOUT,
        Some(true),
        Some(true),
    )
}

fn fault(error: WebauthnError) -> PasskeyFault {
    tracing::debug!(%error, "a passkey was not registered");
    match error {
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => PasskeyFault::Origin,
        WebauthnError::InvalidRPIDHash => PasskeyFault::OtherParty,
        WebauthnError::MismatchedChallenge => PasskeyFault::NoChallenge,
        WebauthnError::InvalidClientDataType
        | WebauthnError::MissingAttestationCredentialData
        | WebauthnError::ParseCBORFailure(_)
        | WebauthnError::ParseJSONFailure(_)
        | WebauthnError::ParseNOMFailure
        | WebauthnError::ParseInsufficientBytesAvailable => PasskeyFault::Form,
        _ => PasskeyFault::NotSupported,
    }
}
