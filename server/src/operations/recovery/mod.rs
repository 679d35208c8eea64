//! Coming back to an account whose password is lost.

pub(super) mod confirm_forgot_password;
pub(super) mod forgot_password;
