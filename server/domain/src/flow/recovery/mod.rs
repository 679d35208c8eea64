//! ForgotPassword and ConfirmForgotPassword.

pub mod confirm_forgot_password;
pub mod forgot_password;
