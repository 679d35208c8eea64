//! AdminRemoveUserFromGroup.

use super::{add_to_group, create_groups, names};
use crate::support::{PoolAndClient, TestServer, assert_refused};

#[tokio::test]
async fn admin_remove_user_from_group_twice_succeeds() {
    let server = TestServer::new().await;
    let PoolAndClient { pool, client } = server.create_pool_and_client().await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    create_groups(&server, &pool, &["a", "a!"]).await;
    for group in ["a", "a!"] {
        add_to_group(&server, &pool, "ann", group).send().await.expect("added");
    }
    let remove =
        || server.sdk.admin_remove_user_from_group().user_pool_id(&pool).username("ann").group_name("a");
    remove().send().await.expect("removed");
    remove().send().await.expect("a success each time");
    let list = server.sdk.admin_list_groups_for_user().user_pool_id(&pool).username("ann");
    let groups = list.send().await.expect("listed").groups;
    assert_eq!(names(groups.as_deref().expect("some")), ["a!"]);
}

#[tokio::test]
async fn admin_remove_user_from_group_with_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    create_groups(&server, &pool, &["a"]).await;
    let remove = server.sdk.admin_remove_user_from_group().user_pool_id(&pool);
    let remove = remove.username("unknown").group_name("a");
    assert_refused!(remove, is_user_not_found_exception, "User does not exist.");
}
