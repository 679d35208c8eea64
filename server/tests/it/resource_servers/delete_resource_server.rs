//! DeleteResourceServer.

use super::{create, create_pool, scope, unknown};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn delete_resource_server_frees_the_identifier() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "photos").scopes(scope("read")).send().await.expect("created");
    let delete = || server.sdk.delete_resource_server().user_pool_id(&pool).identifier("photos");
    delete().send().await.expect("deleted");
    let describe = server.sdk.describe_resource_server().user_pool_id(&pool).identifier("photos");
    assert_refused!(describe, is_resource_not_found_exception, unknown("photos").as_str());
    assert_refused!(delete(), is_resource_not_found_exception, unknown("photos").as_str());
    create(&server, &pool, "photos").send().await.expect("created");
}
