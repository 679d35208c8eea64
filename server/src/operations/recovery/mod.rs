//! The operations that replace a forgotten password.

pub(super) mod confirm_forgot_password;
pub(super) mod forgot_password;
