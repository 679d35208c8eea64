//! Second factors: setting up an authenticator app, and the user's MFA preference.

pub mod preference;
pub mod software_token;
