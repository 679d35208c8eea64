//! A user's own account: what somebody does who bears an access token. What administrators do to it is in
//! [`super::users`].
//!
//! Handlers begin with the [`Bearer`](super::bearer::Bearer), who is refused alike in all of them.

pub(super) mod change_password;
pub(super) mod delete_user;
pub(super) mod delete_user_attributes;
pub(super) mod get_user_attribute_verification_code;
pub(super) mod get_user_auth_factors;
pub(super) mod update_user_attributes;
pub(super) mod verify_user_attribute;
