//! AdminAddUserToGroup.

use super::{NO_GROUP, add_to_group, create_groups, names};
use crate::support::{PoolAndClient, TestServer, assert_refused};

#[tokio::test]
async fn admin_add_user_to_group_beyond_a_hundred_groups_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let (sdk, pool) = (&server.sdk, &ids.pool);
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let join = |name: &str| sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name(name);
    for number in 0..=100 {
        let name = format!("g{number:03}");
        sdk.create_group().user_pool_id(pool).group_name(&name).send().await.expect("created");
        if number < 100 {
            join(&name).send().await.expect("joined");
        }
    }
    assert_refused!(join("g100"), is_invalid_parameter_exception, "A user can be in at most 100 groups."); // cog-0263
    join("g007").send().await.expect("the user is a member already");
}

#[tokio::test]
async fn admin_add_user_to_group_twice_adds_once() {
    let server = TestServer::new().await;
    let PoolAndClient { pool, client } = server.create_pool_and_client().await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    create_groups(&server, &pool, &["a", "a!", "b"]).await;
    for group in ["a", "a", "a!"] {
        add_to_group(&server, &pool, "ann", group).send().await.expect("added");
    }
    let list = server.sdk.admin_list_groups_for_user().user_pool_id(&pool).username("ann");
    let groups = list.send().await.expect("listed").groups;
    assert_eq!(names(groups.as_deref().expect("some")), ["a", "a!"]);
}

#[tokio::test]
async fn admin_add_user_to_group_with_unknown_user_or_group_is_refused() {
    let server = TestServer::new().await;
    let PoolAndClient { pool, client } = server.create_pool_and_client().await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    create_groups(&server, &pool, &["a"]).await;
    let unknown_user = add_to_group(&server, &pool, "unknown", "a");
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
    let unknown_group = add_to_group(&server, &pool, "ann", "c");
    assert_refused!(unknown_group, is_resource_not_found_exception, NO_GROUP);
}
