//! GetGroup.

use super::{NO_GROUP, create_groups};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn get_group_returns_the_group() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    create_groups(&server, &pool, &["a", "b"]).await;
    let output = server.sdk.get_group().user_pool_id(&pool).group_name("b").send().await.expect("present");
    let group = output.group.expect("a group");
    assert_eq!((group.group_name(), group.precedence(), group.role_arn()), (Some("b"), None, None));
    assert_eq!(group.creation_date(), group.last_modified_date());
}

#[tokio::test]
async fn get_group_with_unknown_name_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let get = server.sdk.get_group().user_pool_id(&pool).group_name("a");
    assert_refused!(get, is_resource_not_found_exception, NO_GROUP);
    let nowhere = server.sdk.get_group().user_pool_id("us-east-1_nowhere").group_name("a");
    assert_refused!(nowhere, is_resource_not_found_exception, "User pool us-east-1_nowhere does not exist.");
}
