//! DeleteGroup.

use super::{NO_GROUP, create_groups};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn delete_group_removes_the_group() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (sdk, name) = (&server.sdk, "Großkunden/№1");
    create_groups(&server, &pool, &[name]).await;
    let delete = || sdk.delete_group().user_pool_id(&pool).group_name(name);
    delete().send().await.expect("deleted");
    let get = sdk.get_group().user_pool_id(&pool).group_name(name);
    assert_refused!(get, is_resource_not_found_exception, NO_GROUP);
    let update = sdk.update_group().user_pool_id(&pool).group_name(name);
    assert_refused!(update, is_resource_not_found_exception, NO_GROUP);
    assert_refused!(delete(), is_resource_not_found_exception, NO_GROUP);
}
