//! UpdateTerms.

use std::time::Duration;

use super::{DEFAULT, NO_ID, UNKNOWN, created, described};
use crate::support::{TestServer, assert_refused};

/// api-0267.
#[tokio::test]
async fn update_terms_keeps_what_it_leaves_out() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let terms = created(&server, &ids, "terms-of-use").await;
    server.app.clock.advance(Duration::from_secs(60));
    let update = || server.sdk.update_terms().user_pool_id(&ids.pool).terms_id(terms.terms_id());
    let same = update().send().await.expect("updated").terms.expect("terms");
    assert_eq!((same.terms_name(), same.links()), (terms.terms_name(), terms.links()));
    assert_eq!(same.creation_date(), terms.creation_date());
    assert_ne!(same.last_modified_date(), terms.last_modified_date());
    let linked = update().links("cognito:french", "https://example.com/fr").send().await.expect("updated");
    let linked = linked.terms.expect("terms");
    // The links are replaced as a whole.
    assert_eq!((linked.links().len(), linked.links().get(DEFAULT)), (1, None));
    let moved = update().terms_name("privacy-policy").send().await.expect("updated").terms.expect("terms");
    assert_eq!((moved.terms_id(), moved.terms_name()), (terms.terms_id(), "privacy-policy"));
    assert_eq!(described(&server, &ids.pool, terms.terms_id()).await, moved);
    // The former name is free.
    created(&server, &ids, "terms-of-use").await;
}

/// api-0263.
#[tokio::test]
async fn update_to_the_name_of_another_document_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let terms = created(&server, &ids, "terms-of-use").await;
    created(&server, &ids, "privacy-policy").await;
    let update = || server.sdk.update_terms().user_pool_id(&ids.pool).terms_id(terms.terms_id());
    let text = format!("Terms privacy-policy already exist for client {}", ids.client);
    assert_refused!(update().terms_name("privacy-policy"), is_terms_exists_exception, text.as_str());
    assert_refused!(update().terms_id(NO_ID), is_resource_not_found_exception, UNKNOWN);
    let script = update().links(DEFAULT, "javascript:alert(1)");
    let text = "javascript:alert(1) is not the address of a web page.";
    assert_refused!(script, is_invalid_parameter_exception, text);
}
