//! The operations of a signed-in user on their own account; those of administrators are in [`super::users`].
//!
//! Handlers begin with [`Tx::get_bearer`](super::transact::Tx::get_bearer), which verifies the access token.

pub(super) mod change_password;
pub(super) mod delete_user;
pub(super) mod delete_user_attributes;
pub(super) mod get_user_attribute_verification_code;
pub(super) mod get_user_auth_factors;
pub(super) mod update_user_attributes;
pub(super) mod verify_user_attribute;
