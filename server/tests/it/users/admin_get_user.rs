//! AdminGetUser.

use super::{alias_pool, attribute_of, create};
use crate::support::{TestServer, assert_refused, attribute};

#[tokio::test]
async fn admin_get_user_by_alias_or_sub_returns_the_user() {
    let server = TestServer::new().await;
    let pool = alias_pool(&server).await;
    let created = create(&server, &pool, "ann", "ann@example.com");
    let created = created.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    let user = created.user.expect("a user");
    let sub = attribute_of(&user, "sub").expect("a sub");
    for name in ["ann", "ann@example.com", sub] {
        let get = server.sdk.admin_get_user().user_pool_id(&pool).username(name);
        let output = get.send().await.expect("present");
        assert_eq!((output.username(), output.enabled), ("ann", true));
        assert_eq!(output.user_attributes(), user.attributes());
    }
}

#[tokio::test]
async fn admin_get_user_of_unknown_user_or_pool_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let get = |pool: &str| server.sdk.admin_get_user().user_pool_id(pool).username("unknown");
    assert_refused!(get(&pool), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(get("us-east-1_nowhere"), is_resource_not_found_exception, unknown);
}
