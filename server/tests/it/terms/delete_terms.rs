//! DeleteTerms.

use serde_json::json;

use super::{NO_ID, UNKNOWN, created};
use crate::support::{TestServer, assert_refused};

/// api-0268.
#[tokio::test]
async fn delete_terms_answers_nothing_and_makes_room_for_another() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let terms = created(&server, &ids, "terms-of-use").await;
    let request = json!({ "UserPoolId": ids.pool, "TermsId": terms.terms_id() });
    let response = server.post("DeleteTerms", &request).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    let again = || server.sdk.delete_terms().user_pool_id(&ids.pool).terms_id(terms.terms_id());
    assert_refused!(again(), is_resource_not_found_exception, UNKNOWN);
    assert_refused!(again().terms_id(NO_ID), is_resource_not_found_exception, UNKNOWN);
    assert_ne!(created(&server, &ids, "terms-of-use").await.terms_id(), terms.terms_id());
}

#[tokio::test]
async fn terms_go_with_their_app_client() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let terms =
        [created(&server, &ids, "terms-of-use").await, created(&server, &ids, "privacy-policy").await];
    let client = json!({ "UserPoolId": ids.pool, "ClientId": ids.client });
    assert_eq!(server.post("DeleteUserPoolClient", &client).await.status, 200);
    for terms in terms {
        let gone = server.sdk.describe_terms().user_pool_id(&ids.pool).terms_id(terms.terms_id());
        assert_refused!(gone, is_resource_not_found_exception, UNKNOWN);
    }
    let listed = server.expect_output("ListTerms", &json!({ "UserPoolId": ids.pool })).await;
    assert_eq!(listed, json!({ "Terms": [] }));
}
