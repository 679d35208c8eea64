//! DescribeTermsByClient.

use super::created;
use crate::support::{TestServer, assert_refused};

/// api-0266.
#[tokio::test]
async fn describe_terms_by_client_returns_the_same_document() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let describe = || server.sdk.describe_terms_by_client().user_pool_id(&ids.pool).client_id(&ids.client);
    for name in ["terms-of-use", "privacy-policy"] {
        let terms = created(&server, &ids, name).await;
        let described = describe().terms_name(name).send().await.expect("described");
        assert_eq!(described.terms, Some(terms));
    }
}

#[tokio::test]
async fn document_that_the_app_client_does_not_have_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    created(&server, &ids, "terms-of-use").await;
    let describe = || {
        let describe = server.sdk.describe_terms_by_client().user_pool_id(&ids.pool);
        describe.client_id(&ids.client).terms_name("privacy-policy")
    };
    let text = format!("Terms privacy-policy for client {} do not exist.", ids.client);
    assert_refused!(describe(), is_resource_not_found_exception, text.as_str());
    let text = "User pool client none does not exist.";
    assert_refused!(describe().client_id("none"), is_resource_not_found_exception, text);
}
