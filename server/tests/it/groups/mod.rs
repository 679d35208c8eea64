//! Operations on groups and their members.

mod admin_add_user_to_group;
mod admin_list_groups_for_user;
mod admin_remove_user_from_group;
mod create_group;
mod delete_group;
mod get_group;
mod list_groups;
mod list_users_in_group;
mod update_group;

use aws_sdk_cognitoidentityprovider::{
    operation::admin_add_user_to_group::builders::AdminAddUserToGroupFluentBuilder, types::GroupType,
};

use crate::support::TestServer;

const NO_GROUP: &str = "Group not found.";

/// Returns the names of groups.
fn names(groups: &[GroupType]) -> Vec<&str> {
    groups.iter().filter_map(GroupType::group_name).collect()
}

/// Creates groups with these names.
async fn create_groups(server: &TestServer, pool: &str, names: &[&str]) {
    for name in names {
        server.sdk.create_group().user_pool_id(pool).group_name(*name).send().await.expect("a group");
    }
}

/// Builds an AdminAddUserToGroup request.
fn add_to_group(
    server: &TestServer,
    pool: &str,
    username: &str,
    group: &str,
) -> AdminAddUserToGroupFluentBuilder {
    server.sdk.admin_add_user_to_group().user_pool_id(pool).username(username).group_name(group)
}
