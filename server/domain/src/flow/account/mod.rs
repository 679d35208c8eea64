//! The operations of users on their own account, with their administrator's versions.

pub mod attribute_change;
pub mod change_password;
pub mod delete_user;
pub mod delete_user_attributes;
pub mod get_user_attribute_verification_code;
pub mod get_user_auth_factors;
pub mod update_user_attributes;
pub mod verify_user_attribute;
