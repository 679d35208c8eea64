//! AdminDisableUser.

use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn admin_disable_user_twice_leaves_the_user_disabled() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    for _ in 0..2 {
        let disable = server.sdk.admin_disable_user().user_pool_id(&ids.pool).username("ann");
        disable.send().await.expect("a success each time");
        let user = server.sdk.admin_get_user().user_pool_id(&ids.pool).username("ann");
        assert!(!user.send().await.expect("present").enabled);
    }
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    let confirm = confirm.confirmation_code(server.code_of("ann"));
    assert_refused!(confirm, is_not_authorized_exception, "User is disabled.");
}

#[tokio::test]
async fn admin_disable_user_of_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let disable = server.sdk.admin_disable_user().user_pool_id(pool).username("bob");
    assert_refused!(disable, is_user_not_found_exception, "User does not exist.");
}
