//! UpdateResourceServer.

use super::{create, create_pool, describe, scope, unknown};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn update_resource_server_replaces_name_and_scopes() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "photos").scopes(scope("read")).send().await.expect("created");
    let update = || server.sdk.update_resource_server().user_pool_id(&pool).identifier("photos");
    let updated =
        update().name("Images").scopes(scope("write")).send().await.expect("updated").resource_server;
    let updated = updated.expect("a resource server");
    assert_eq!((updated.name(), updated.scopes()), (Some("Images"), &[scope("write")][..]));
    assert_eq!(describe(&server, &pool, "photos").await, updated);
    // Scopes that are left out are removed.
    update().name("Images").send().await.expect("updated");
    assert_eq!(describe(&server, &pool, "photos").await.scopes, None);
}

#[tokio::test]
async fn update_of_unknown_resource_server_is_refused() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let update = server.sdk.update_resource_server().user_pool_id(&pool).identifier("photos").name("Photos");
    assert_refused!(update, is_resource_not_found_exception, unknown("photos").as_str());
}
