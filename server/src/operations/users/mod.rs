//! Users, as administrators see them.

pub(super) mod admin_get_user;
