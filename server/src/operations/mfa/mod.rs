//! The operations on second factors: the settings of pools, the preferences of users, and the setup of software tokens.
//!
//! The challenges for them at sign-in are in `sign_in`.

pub(super) mod admin_delete_software_token;
pub(super) mod admin_set_user_mfa_preference;
pub(super) mod admin_set_user_settings;
pub(super) mod associate_software_token;
pub(super) mod get_user_pool_mfa_config;
mod mfa_preference;
pub(super) mod set_user_mfa_preference;
pub(super) mod set_user_pool_mfa_config;
pub(super) mod set_user_settings;
mod setup_session;
pub(super) mod verify_software_token;
