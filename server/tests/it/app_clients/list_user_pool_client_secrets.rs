//! ListUserPoolClientSecrets.

use std::time::Duration;

use super::{client_with_secret, secret_ids};
use crate::support::{TestServer, assert_refused};

/// api-0169.
#[tokio::test]
async fn list_user_pool_client_secrets_returns_ids_without_values() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (id, _) = client_with_secret(&server, &pool).await;
    assert_eq!(secret_ids(&server, &pool, &id).await, [format!("{id}--1795246200000")]);
    server.app.clock.advance(Duration::from_secs(5));
    let add = server.sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    add.send().await.expect("added");
    let both = [format!("{id}--1795246200000"), format!("{id}--1795246205000")];
    assert_eq!(secret_ids(&server, &pool, &id).await, both);
}

#[tokio::test]
async fn list_user_pool_client_secrets_of_client_without_one_is_empty() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    assert_eq!(secret_ids(&server, &ids.pool, &ids.client).await, [""; 0]);
}

#[tokio::test]
async fn list_user_pool_client_secrets_with_invalid_token_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let list = server.sdk.list_user_pool_client_secrets().user_pool_id(&ids.pool).client_id(&ids.client);
    assert_refused!(list.next_token("x"), is_invalid_parameter_exception, "Invalid pagination token.");
}
