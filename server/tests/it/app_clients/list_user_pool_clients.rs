//! ListUserPoolClients.

use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn list_user_pool_clients_pages_through_clients_of_one_pool() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let other = server.create_pool_and_client().await;
    let mut created = vec![ids.client.clone()];
    for _ in 0..4 {
        created.push(server.create_client(&ids.pool).await);
    }
    created.sort();
    let list = |pool: &str| server.sdk.list_user_pool_clients().user_pool_id(pool).max_results(3);
    let first = list(&ids.pool).send().await.expect("a page");
    let token = first.next_token().expect("more");
    let second = list(&ids.pool).next_token(token).send().await.expect("a page");
    assert_eq!(second.next_token(), None);
    let all = first.user_pool_clients().iter().chain(second.user_pool_clients());
    let listed: Vec<_> = all.map(|client| client.client_id().expect("an id")).collect();
    assert_eq!(listed, created);
    let elsewhere = list(&other.pool).next_token(token);
    assert_refused!(elsewhere, is_invalid_parameter_exception, "Invalid pagination token.");
    let all = server.sdk.list_user_pool_clients().user_pool_id(&ids.pool).send().await.expect("a page");
    assert_eq!((all.user_pool_clients().len(), all.next_token()), (5, None));
}
