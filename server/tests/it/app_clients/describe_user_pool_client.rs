//! DescribeUserPoolClient.

use super::{client_with_secret, described};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn describe_user_pool_client_returns_the_secret() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (id, secret) = client_with_secret(&server, &pool).await;
    let client = described(&server, &pool, &id).await;
    assert_eq!((client.client_name(), client.client_secret()), (Some("with secret"), Some(secret.as_str())));
}

#[tokio::test]
async fn describe_user_pool_client_of_unknown_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let describe = |pool: &str, client: &str| {
        server.sdk.describe_user_pool_client().user_pool_id(pool).client_id(client)
    };
    let text = "User pool client nope does not exist.";
    assert_refused!(describe(&ids.pool, "nope"), is_resource_not_found_exception, text);
    let other = server.create_pool_and_client().await.pool;
    let text = format!("User pool client {} does not exist.", ids.client);
    assert_refused!(describe(&other, &ids.client), is_resource_not_found_exception, text.as_str());
    let text = "User pool us-east-1_nowhere does not exist.";
    let nowhere = describe("us-east-1_nowhere", &ids.client);
    assert_refused!(nowhere, is_resource_not_found_exception, text);
}
