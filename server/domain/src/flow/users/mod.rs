//! The administrator's operations on users, and the migration of users from another directory.

pub mod admin_create_user;
pub mod admin_enable_user;
pub mod admin_reset_user_password;
pub mod admin_set_user_password;
pub mod migrate_user;
pub mod put_user;
