//! The operations that issue tokens without a sign-in: to an app client itself, or in exchange for other tokens.

pub(super) mod get_client_token;
pub(super) mod get_derived_token;
