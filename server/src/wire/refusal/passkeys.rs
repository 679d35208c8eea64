//! What is said to passkeys, and to asking for one.
//!
//! The types are *Documented* (the errors of the operations, with a sentence each on when they come); no text is known,
//! so that all of these are *Chosen*.

use lido_domain::refusal::PasskeyFault;

use super::super::error::{Kind, Said};

pub(super) fn said(fault: PasskeyFault) -> Said {
    let (kind, text) = match fault {
        PasskeyFault::NotEnabled => {
            (Kind::WebAuthnNotEnabledException, "WebAuthn is not enabled for this user pool.")
        }
        PasskeyFault::NoRelyingParty => (
            Kind::WebAuthnConfigurationMissingException,
            "The user pool has neither a relying party ID nor a domain.",
        ),
        PasskeyFault::Form => (
            Kind::InvalidParameterException,
            "Credential must be a RegistrationResponseJSON with its clientDataJSON and attestationObject.",
        ),
        PasskeyFault::NoChallenge => (
            Kind::WebAuthnChallengeNotFoundException,
            "The challenge was not found or has expired, please start the registration again.",
        ),
        PasskeyFault::OtherClient => (
            Kind::WebAuthnClientMismatchException,
            "The access token is for another client than the one that started the registration.",
        ),
        PasskeyFault::Origin => (
            Kind::WebAuthnOriginNotAllowedException,
            "The origin of the credential does not match the relying party ID of the user pool.",
        ),
        PasskeyFault::OtherParty => (
            Kind::WebAuthnRelyingPartyMismatchException,
            "The credential is for another relying party ID than that of the user pool.",
        ),
        PasskeyFault::NotSupported => {
            (Kind::WebAuthnCredentialNotSupportedException, "The credential is not supported.")
        }
        PasskeyFault::Exists => {
            (Kind::InvalidParameterException, "The credential is already registered for this user.")
        }
        PasskeyFault::TooMany => {
            (Kind::LimitExceededException, "The maximum number of credentials for this user is reached.")
        }
        PasskeyFault::Unknown => {
            (Kind::ResourceNotFoundException, "The credential does not exist for this user.")
        }
        PasskeyFault::NotShown => (Kind::NotAuthorizedException, "Invalid credential."),
    };
    Said::new(kind, text)
}
