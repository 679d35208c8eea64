//! CreateGroup.

use aws_sdk_cognitoidentityprovider::types::GroupType;

use super::{add_to_group, create_groups};
use crate::support::{PoolAndClient, TestServer, assert_refused};

#[tokio::test]
async fn create_group_with_all_members_returns_what_get_group_returns() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (sdk, name) = (&server.sdk, "Großkunden/№1");
    let create = sdk.create_group().user_pool_id(&pool).group_name(name).precedence(3).description("large");
    let created = create.role_arn("arn:aws:iam::123456789012:role/large").send().await.expect("created");
    let output = sdk.get_group().user_pool_id(&pool).group_name(name).send().await.expect("present").group;
    assert_eq!(created.group, output);
    assert_eq!(output.as_ref().and_then(GroupType::precedence), Some(3));
    assert_eq!(output.as_ref().and_then(GroupType::user_pool_id), Some(pool.as_str()));
}

#[tokio::test]
async fn create_group_with_taken_name_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    create_groups(&server, &pool, &["staff"]).await;
    let again = server.sdk.create_group().user_pool_id(&pool).group_name("staff");
    assert_refused!(again, is_group_exists_exception, "A group with the name already exists.");
}

#[tokio::test]
async fn create_group_with_name_of_deleted_group_has_no_users() {
    let server = TestServer::new().await;
    let PoolAndClient { pool, client } = server.create_pool_and_client().await;
    let sdk = &server.sdk;
    server.sign_up(&client, "bob", "bob@example.com").await;
    create_groups(&server, &pool, &["a"]).await;
    add_to_group(&server, &pool, "bob", "a").send().await.expect("added");
    sdk.delete_group().user_pool_id(&pool).group_name("a").send().await.expect("deleted");
    create_groups(&server, &pool, &["a"]).await;
    let list = sdk.admin_list_groups_for_user().user_pool_id(&pool).username("bob");
    assert!(list.send().await.expect("listed").groups.expect("some").is_empty());
}
