//! Parses and verifies the registrations and assertions of passkeys. Only this file uses the WebAuthn library.
//!
//! The library verifies a ceremony against a state that it normally creates itself, with its own random challenge. Here
//! the state is built from the decisions of the rules and from bytes of [`crate::entropy`], in the format in which the
//! library serializes states between its two steps. Therefore this is `webauthn-rs-core` and not `webauthn-rs`, which
//! also makes the options: Cognito's options are different (resident keys, and two algorithms).
//!
//! Attestation is neither requested nor verified: users may use any authenticator.

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

/// The Base64 of WebAuthn. Padding is accepted.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The friendly name of a passkey. *Chosen*: the service derives it from the kind of the authenticator in a way that is
/// not documented, and an authenticator need not reveal its kind.
const NAME: &str = "Passkey";

/// The timeout in the options that the library makes for browsers, which are not used here.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A new passkey from the client: WebAuthn's `RegistrationResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    credential: SentCredential<Attestation>,
    client: ClientData,
}

/// A passkey's signature from the client: WebAuthn's `AuthenticationResponseJSON`.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    credential: SentCredential<AssertionResponse>,
    client: ClientData,
}

/// A credential in a client's JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentCredential<T> {
    #[serde(rename = "type")]
    kind: String,
    raw_id: Bytes,
    response: T,
    authenticator_attachment: Option<String>,
}

/// The only type of credential in WebAuthn.
const PUBLIC_KEY: &str = "public-key";

impl<T> SentCredential<T> {
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

/// The members of the browser's client data that are checked here. The library checks the others.
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
    /// Prints the length only: the bytes could be replayed.
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
    /// Parses a credential. Returns `None` if it is malformed.
    pub(crate) fn read(credential: &Value) -> Option<Self> {
        let credential = SentCredential::<Attestation>::deserialize(credential).ok()?.checked()?;
        let client = serde_json::from_slice(&credential.response.client_data.0).ok()?;
        Some(Self { credential, client })
    }

    /// Returns the challenge in the client data.
    pub(crate) fn challenge(&self) -> PasskeyChallenge {
        PasskeyChallenge::from_bytes(&self.client.challenge.0)
    }

    /// Verifies that the passkey was created for this relying party, on one of its pages, with the required options.
    ///
    /// # Errors
    /// The registration does not meet a requirement.
    pub(crate) fn verify(self, party: &RelyingParty, now: Timestamp) -> Result<Passkey, PasskeyFault> {
        let Self { credential: sent, client } = self;
        if client.cross_origin {
            return Err(PasskeyFault::OriginMismatch);
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
        let credential = core(party).register_credential(&registered, &state, None).map_err(passkey_fault)?;
        let reported = sent.response.transports.unwrap_or_default();
        let is_reported = |known: &&str| reported.iter().any(|reported| reported == known);
        Ok(Passkey {
            id: CredentialId::from_bytes(&credential.cred_id),
            relying_party: party.id.clone(),
            name: NAME.to_owned(),
            attachment: sent.authenticator_attachment.as_deref().and_then(Attachment::parse),
            transports: TRANSPORTS
                .iter()
                .filter(|known| is_reported(known))
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
    /// Parses a credential. Returns `None` if it is malformed.
    pub(crate) fn read(credential: &str) -> Option<Self> {
        let credential =
            serde_json::from_str::<SentCredential<AssertionResponse>>(credential).ok()?.checked()?;
        let client = serde_json::from_slice(&credential.response.client_data.0).ok()?;
        Some(Self { credential, client })
    }

    /// Returns the passkey of the user `of` that has signed `challenge` for this relying party, with its new counter,
    /// or `None` if none of `passkeys` has.
    pub(crate) fn verify(
        self,
        party: &RelyingParty,
        challenge: &PasskeyChallenge,
        of: &Sub,
        passkeys: Vec<Passkey>,
    ) -> Option<Passkey> {
        let Self { credential: sent, client } = self;
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
            // A passkey of a single device may be moved into a synchronized keychain later.
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

/// Converts a passkey to the library's type.
fn credential(passkey: &Passkey, id: Vec<u8>) -> Option<Credential> {
    Some(Credential {
        cred_id: id,
        cred: serde_json::from_str(&passkey.public_key).ok()?,
        counter: passkey.counter,
        transports: None,
        user_verified: passkey.user_verified,
        backup_eligible: passkey.backup_eligible,
        backup_state: passkey.backed_up,
        // To the library this means: if the user was verified at registration, the user must always be verified.
        registration_policy: UserVerificationPolicy::Preferred,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    })
}

/// Returns the library's verifier for a relying party.
///
/// As in browsers, pages may be on the relying party's domain or its subdomains, on any port, and without TLS only on
/// localhost.
fn core(party: &RelyingParty) -> WebauthnCore {
    let is_local = party.id == "localhost" || party.id.ends_with(".localhost");
    let schemes: &[&str] = if is_local { &["https", "http"] } else { &["https"] };
    let origins = schemes.iter().filter_map(|scheme| Url::parse(&format!("{scheme}://{}", party.id)).ok());
    // An id that contains more than a domain must not become a wider origin.
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

fn passkey_fault(error: WebauthnError) -> PasskeyFault {
    tracing::debug!(%error, "a passkey was not registered");
    match error {
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => PasskeyFault::OriginMismatch,
        WebauthnError::InvalidRPIDHash => PasskeyFault::RelyingPartyMismatch,
        WebauthnError::MismatchedChallenge => PasskeyFault::NoChallenge,
        WebauthnError::InvalidClientDataType
        | WebauthnError::MissingAttestationCredentialData
        | WebauthnError::ParseCBORFailure(_)
        | WebauthnError::ParseJSONFailure(_)
        | WebauthnError::ParseNOMFailure
        | WebauthnError::ParseInsufficientBytesAvailable => PasskeyFault::Malformed,
        _ => PasskeyFault::NotSupported,
    }
}
