//! AdminGetUser.

use super::{alias_pool, attribute_of, create};
use crate::support::{TestServer, assert_refused, attribute};

#[tokio::test]
async fn admin_get_user_by_alias_returns_its_holder() {
    let server = TestServer::new().await;
    let pool = alias_pool(&server).await;
    let made = create(&server, &pool, "ann", "ann@example.com");
    let made = made.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    let made = made.user.expect("told");
    let sub = attribute_of(&made, "sub").expect("a sub");
    for name in ["ann", "ann@example.com", sub] {
        let get = server.sdk.admin_get_user().user_pool_id(&pool).username(name);
        let told = get.send().await.expect("there");
        assert_eq!((told.username(), told.enabled), ("ann", true));
        assert_eq!(told.user_attributes(), made.attributes());
    }
}

#[tokio::test]
async fn admin_get_user_of_unknown_user_or_pool_is_refused() {
    let server = TestServer::new().await;
    let pool = server.pool_and_client().await.pool;
    let get = |pool: &str| server.sdk.admin_get_user().user_pool_id(pool).username("nobody");
    assert_refused!(get(&pool), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(get("us-east-1_nowhere"), is_resource_not_found_exception, unknown);
}
