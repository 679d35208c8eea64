//! The operations that sign users up and confirm them.

pub(super) mod admin_confirm_sign_up;
pub(super) mod confirm_sign_up;
pub(super) mod confirmation_link;
pub(super) mod resend_confirmation_code;
#[expect(clippy::module_inception, reason = "the family is named after its first operation")]
pub(super) mod sign_up;
