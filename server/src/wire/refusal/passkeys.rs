//! The errors of passkeys.
//!
//! The kinds are *Documented* (in the errors of the operations). The service's texts are unknown, so that all texts
//! are *Chosen*.

use lido_domain::refusal::PasskeyFault;

use crate::wire::error::{ApiError, ErrorKind};

/// Returns the error for a fault of a passkey.
pub(super) fn to_api_error(fault: PasskeyFault) -> ApiError {
    let (kind, text) = match fault {
        PasskeyFault::NotEnabled => {
            (ErrorKind::WebAuthnNotEnabledException, "WebAuthn is not enabled for this user pool.")
        }
        PasskeyFault::NoRelyingParty => (
            ErrorKind::WebAuthnConfigurationMissingException,
            "The user pool has neither a relying party ID nor a domain.",
        ),
        PasskeyFault::Malformed => (
            ErrorKind::InvalidParameterException,
            "Credential must be a RegistrationResponseJSON with its clientDataJSON and attestationObject.",
        ),
        PasskeyFault::NoChallenge => (
            ErrorKind::WebAuthnChallengeNotFoundException,
            "The challenge was not found or has expired, please start the registration again.",
        ),
        PasskeyFault::ClientMismatch => (
            ErrorKind::WebAuthnClientMismatchException,
            "The access token is for another client than the one that started the registration.",
        ),
        PasskeyFault::OriginMismatch => (
            ErrorKind::WebAuthnOriginNotAllowedException,
            "The origin of the credential does not match the relying party ID of the user pool.",
        ),
        PasskeyFault::RelyingPartyMismatch => (
            ErrorKind::WebAuthnRelyingPartyMismatchException,
            "The credential is for another relying party ID than that of the user pool.",
        ),
        PasskeyFault::NotSupported => {
            (ErrorKind::WebAuthnCredentialNotSupportedException, "The credential is not supported.")
        }
        PasskeyFault::Exists => {
            (ErrorKind::InvalidParameterException, "The credential is already registered for this user.")
        }
        PasskeyFault::TooMany => {
            (ErrorKind::LimitExceededException, "The maximum number of credentials for this user is reached.")
        }
        PasskeyFault::Unknown => {
            (ErrorKind::ResourceNotFoundException, "The credential does not exist for this user.")
        }
        PasskeyFault::AssertionInvalid => (ErrorKind::NotAuthorizedException, "Invalid credential."),
    };
    ApiError::new(kind, text)
}
