//! ListUsersInGroup.

use super::{NO_GROUP, add_to_group, create_groups};
use crate::support::{PoolAndClient, TestServer, assert_refused};

#[tokio::test]
async fn list_users_in_group_returns_members_only() {
    let server = TestServer::new().await;
    let PoolAndClient { pool, client } = server.create_pool_and_client().await;
    for user in ["ann", "bob"] {
        server.sign_up(&client, user, &format!("{user}@example.com")).await;
    }
    create_groups(&server, &pool, &["a", "a!"]).await;
    for (user, group) in [("ann", "a"), ("ann", "a"), ("ann", "a!"), ("bob", "a")] {
        add_to_group(&server, &pool, user, group).send().await.expect("added");
    }
    let list = server.sdk.list_users_in_group().user_pool_id(&pool).group_name("a");
    let members = list.send().await.expect("listed");
    let mut members: Vec<_> = members.users().iter().filter_map(|user| user.username()).collect();
    members.sort_unstable();
    assert_eq!(members, ["ann", "bob"]);
}

#[tokio::test]
async fn list_users_in_group_with_unknown_name_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let list = server.sdk.list_users_in_group().user_pool_id(&pool).group_name("a");
    assert_refused!(list, is_resource_not_found_exception, NO_GROUP);
}
