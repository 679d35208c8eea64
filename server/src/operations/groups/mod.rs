//! The operations on groups of users.

pub(super) mod admin_add_user_to_group;
pub(super) mod admin_list_groups_for_user;
pub(super) mod admin_remove_user_from_group;
pub(super) mod create_group;
pub(super) mod delete_group;
pub(super) mod get_group;
pub(super) mod list_groups;
pub(super) mod list_users_in_group;
pub(super) mod update_group;
