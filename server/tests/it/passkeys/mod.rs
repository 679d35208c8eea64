//! Operations that register, list and delete passkeys.

mod complete_web_authn_registration;
mod delete_web_authn_credential;
mod list_web_authn_credentials;
mod start_web_authn_registration;

const NOT_FOUND: &str = "The challenge was not found or has expired, please start the registration again.";
const ORIGIN: &str = "The origin of the credential does not match the relying party ID of the user pool.";
const PARTY: &str = "The credential is for another relying party ID than that of the user pool.";
const NOT_SUPPORTED: &str = "The credential is not supported.";
const FORM: &str =
    "Credential must be a RegistrationResponseJSON with its clientDataJSON and attestationObject.";
