//! Second factors: what pools ask for, what users turn on, and how an authenticator app is set up.
//!
//! How they are asked for at sign-in is `sign_in`'s matter.

pub(super) mod admin_delete_software_token;
pub(super) mod admin_set_user_mfa_preference;
pub(super) mod admin_set_user_settings;
pub(super) mod associate_software_token;
mod enrolling;
pub(super) mod get_user_pool_mfa_config;
mod mfa_preference;
pub(super) mod set_user_mfa_preference;
pub(super) mod set_user_pool_mfa_config;
pub(super) mod set_user_settings;
pub(super) mod verify_software_token;
