//! What users do with their own account.

pub mod attribute_change;
pub mod attribute_verification_code;
pub mod auth_factors;
pub mod change_password;
pub mod delete_user;
pub mod delete_user_attributes;
pub mod update_user_attributes;
pub mod verify_user_attribute;
