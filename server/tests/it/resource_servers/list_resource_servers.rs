//! ListResourceServers.

use super::{create, create_pool};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn list_resource_servers_returns_pages() {
    let server = TestServer::new().await;
    let (pool, other) = (create_pool(&server).await, create_pool(&server).await);
    for identifier in ["c", "a", "b"] {
        create(&server, &pool, identifier).send().await.expect("created");
    }
    let list = |pool: &str| server.sdk.list_resource_servers().user_pool_id(pool).max_results(2);
    let first = list(&pool).send().await.expect("a page");
    let ids: Vec<_> = first.resource_servers().iter().filter_map(|one| one.identifier()).collect();
    assert_eq!(ids, ["a", "b"]);
    let token = first.next_token().expect("a token").to_owned();
    let second = list(&pool).next_token(&token).send().await.expect("a page");
    let ids: Vec<_> = second.resource_servers().iter().filter_map(|one| one.identifier()).collect();
    assert_eq!((ids, second.next_token()), (vec!["c"], None));
    // Another pool has none, and does not accept the token.
    assert!(list(&other).send().await.expect("a page").resource_servers().is_empty());
    let foreign = list(&other).next_token(token);
    assert_refused!(foreign, is_invalid_parameter_exception, "Invalid pagination token.");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(list("us-east-1_nowhere"), is_resource_not_found_exception, text);
}
