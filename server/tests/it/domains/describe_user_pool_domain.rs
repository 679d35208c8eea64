//! DescribeUserPoolDomain.

use aws_sdk_cognitoidentityprovider::types::{DomainDescriptionType, DomainStatusType};

use super::{create, create_pool, describe};
use crate::support::TestServer;

/// oau-0007.
#[tokio::test]
async fn describe_user_pool_domain_returns_a_new_domain_as_active() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "shop").send().await.expect("created");
    let domain = describe(&server, "shop").await;
    assert_eq!(domain.status(), Some(&DomainStatusType::Active));
    assert_eq!((domain.user_pool_id(), domain.managed_login_version()), (Some(pool.as_str()), Some(1)));
}

/// oau-0201.
#[tokio::test]
async fn unknown_domain_has_an_empty_description() {
    let server = TestServer::new().await;
    let empty = DomainDescriptionType::builder().build();
    for name in ["shop", "auth.example.com", "No Domain"] {
        assert_eq!(describe(&server, name).await, empty, "{name}");
    }
}
