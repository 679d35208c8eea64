//! DescribeResourceServer.

use super::{create, create_pool, describe, unknown};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn describe_resource_server_without_scopes_has_none() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "photos").send().await.expect("created");
    let described = describe(&server, &pool, "photos").await;
    assert_eq!(described.name(), Some("Photos"));
    assert_eq!(described.scopes, None);
}

#[tokio::test]
async fn unknown_resource_server_is_refused() {
    let server = TestServer::new().await;
    let (pool, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &other, "photos").send().await.expect("created");
    let describe = server.sdk.describe_resource_server().user_pool_id(&pool).identifier("photos");
    assert_refused!(describe, is_resource_not_found_exception, unknown("photos").as_str());
}
