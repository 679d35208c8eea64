//! DescribeTerms.

use super::{NO_ID, UNKNOWN, created, described};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn describe_terms_returns_the_document() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let terms = created(&server, &ids, "privacy-policy").await;
    assert_eq!(described(&server, &ids.pool, terms.terms_id()).await, terms);
}

#[tokio::test]
async fn unknown_or_malformed_id_is_refused() {
    let server = TestServer::new().await;
    let (ids, other) = (server.create_pool_and_client().await, server.create_pool_and_client().await);
    let terms = created(&server, &ids, "privacy-policy").await;
    let describe = |pool: &str, id: &str| server.sdk.describe_terms().user_pool_id(pool).terms_id(id);
    assert_refused!(describe(&ids.pool, NO_ID), is_resource_not_found_exception, UNKNOWN);
    assert_refused!(describe(&other.pool, terms.terms_id()), is_resource_not_found_exception, UNKNOWN);
    let malformed = describe(&ids.pool, "x").send().await.expect_err("a refusal").into_service_error();
    assert!(malformed.is_invalid_parameter_exception(), "{malformed:?}");
}
