//! DeleteUserPoolDomain.

use aws_sdk_cognitoidentityprovider::operation::delete_user_pool_domain::builders::DeleteUserPoolDomainFluentBuilder;

use super::{NO_DOMAIN, certificate, create, create_pool, describe};
use crate::support::{TestServer, assert_refused};

fn delete(server: &TestServer, pool: &str, domain: &str) -> DeleteUserPoolDomainFluentBuilder {
    server.sdk.delete_user_pool_domain().user_pool_id(pool).domain(domain)
}

#[tokio::test]
async fn delete_user_pool_domain_frees_the_domain_for_every_pool() {
    let server = TestServer::new().await;
    let (one, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &one, "shop").send().await.expect("created");
    let custom = create(&server, &one, "auth.example.com").custom_domain_config(certificate());
    custom.send().await.expect("created");
    delete(&server, &one, "shop").send().await.expect("deleted");
    assert_eq!(describe(&server, "shop").await.user_pool_id, None);
    assert_eq!(describe(&server, "auth.example.com").await.user_pool_id(), Some(one.as_str()));
    create(&server, &other, "shop").send().await.expect("created");
    assert_eq!(describe(&server, "shop").await.user_pool_id(), Some(other.as_str()));
}

/// oau-0203.
#[tokio::test]
async fn delete_of_unknown_domain_is_refused() {
    let server = TestServer::new().await;
    let (one, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &one, "shop").send().await.expect("created");
    assert_refused!(delete(&server, &one, "store"), is_invalid_parameter_exception, NO_DOMAIN);
    assert_refused!(delete(&server, &other, "shop"), is_invalid_parameter_exception, NO_DOMAIN);
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(delete(&server, "us-east-1_nowhere", "shop"), is_resource_not_found_exception, text);
    assert_eq!(describe(&server, "shop").await.user_pool_id(), Some(one.as_str()));
}

/// oau-0204.
#[tokio::test]
async fn pool_is_deleted_after_its_domain() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "shop").send().await.expect("created");
    let delete_pool = || server.sdk.delete_user_pool().user_pool_id(&pool);
    let text = "User pool cannot be deleted. It has a domain configured that should be deleted first.";
    assert_refused!(delete_pool(), is_invalid_parameter_exception, text);
    delete(&server, &pool, "shop").send().await.expect("deleted");
    delete_pool().send().await.expect("deleted");
}
