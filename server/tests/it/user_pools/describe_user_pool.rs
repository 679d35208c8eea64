//! DescribeUserPool.

use super::described;
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn describe_user_pool_counts_users() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    for username in ["ann", "bob"] {
        server.sign_up(&ids.client, username, "one@example.com").await;
    }
    assert_eq!(described(&server, &ids.pool).await.estimated_number_of_users(), 2);
}

#[tokio::test]
async fn describe_user_pool_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let describe = server.sdk.describe_user_pool().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(describe, is_resource_not_found_exception, text);
}
