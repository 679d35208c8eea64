//! The operations of administrators on users.

pub(super) mod admin_create_user;
pub(super) mod admin_delete_user;
pub(super) mod admin_delete_user_attributes;
pub(super) mod admin_disable_user;
pub(super) mod admin_enable_user;
pub(super) mod admin_get_user;
pub(super) mod admin_get_user_auth_factors;
pub(super) mod admin_list_user_auth_events;
pub(super) mod admin_reset_user_password;
pub(super) mod admin_set_user_password;
pub(super) mod admin_update_user_attributes;
pub(super) mod list_users;
