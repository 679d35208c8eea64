//! UpdateGroup.

use super::NO_GROUP;
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn update_group_keeps_members_that_are_not_given() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (sdk, name) = (&server.sdk, "Großkunden/№1");
    let create = sdk.create_group().user_pool_id(&pool).group_name(name).precedence(3).description("large");
    create.send().await.expect("created");
    let changed = sdk.update_group().user_pool_id(&pool).group_name(name).precedence(0).send().await;
    let changed = changed.expect("changed").group.expect("a group");
    assert_eq!((changed.precedence(), changed.description()), (Some(0), Some("large")));
}

#[tokio::test]
async fn update_group_with_unknown_name_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let update = server.sdk.update_group().user_pool_id(&pool).group_name("a");
    assert_refused!(update, is_resource_not_found_exception, NO_GROUP);
}
