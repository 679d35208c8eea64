//! AdminEnableUser.

use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn admin_enable_user_twice_leaves_the_user_enabled() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let disable = server.sdk.admin_disable_user().user_pool_id(&ids.pool).username("ann");
    disable.send().await.expect("disabled");
    for _ in 0..2 {
        let enable = server.sdk.admin_enable_user().user_pool_id(&ids.pool).username("ann");
        enable.send().await.expect("a success each time");
        let user = server.sdk.admin_get_user().user_pool_id(&ids.pool).username("ann");
        assert!(user.send().await.expect("present").enabled);
    }
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    confirm.confirmation_code(server.code_of("ann")).send().await.expect("enabled again");
}

#[tokio::test]
async fn admin_enable_user_of_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let enable = server.sdk.admin_enable_user().user_pool_id(pool).username("bob");
    assert_refused!(enable, is_user_not_found_exception, "User does not exist.");
}
