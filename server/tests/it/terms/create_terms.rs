//! CreateTerms.

use serde_json::json;

use super::{DEFAULT, URL, create, created, described};
use crate::support::{TestServer, assert_refused, documents::call};

/// api-0261.
#[tokio::test]
async fn create_terms_returns_all_members() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let request = create(&server, &ids, "terms-of-use").links("cognito:german", "https://example.com/de");
    let terms = request.send().await.expect("created").terms.expect("terms");
    assert_eq!((terms.user_pool_id(), terms.client_id()), (ids.pool.as_str(), ids.client.as_str()));
    assert_eq!((terms.terms_name(), terms.terms_source().as_str()), ("terms-of-use", "LINK"));
    assert_eq!((terms.enforcement().as_str(), terms.links().len()), ("NONE", 2));
    assert_eq!(terms.links().get(DEFAULT).map(String::as_str), Some(URL));
    assert_eq!(terms.creation_date(), terms.last_modified_date());
    assert_eq!((terms.terms_id().len(), terms.terms_id().as_bytes()[14]), (36, b'4'), "{terms:?}");
    assert_eq!(described(&server, &ids.pool, terms.terms_id()).await, terms);
}

/// api-0262, api-0264.
#[tokio::test]
async fn terms_that_violate_the_model_are_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let base = json!({
        "UserPoolId": ids.pool, "ClientId": ids.client, "TermsName": "terms-of-use", "TermsSource": "LINK",
        "Enforcement": "NONE", "Links": { "cognito:default": URL },
    });
    let languages = [
        "default",
        "dutch",
        "english",
        "french",
        "spanish",
        "german",
        "bahasa-indonesia",
        "italian",
        "japanese",
        "korean",
        "portuguese-brazil",
        "chinese-simplified",
        "chinese-traditional",
    ];
    let all: serde_json::Map<_, _> =
        languages.iter().map(|language| (format!("cognito:{language}"), json!(URL))).collect();
    for (member, value) in [
        ("TermsName", json!("imprint")),
        ("TermsSource", json!("TEXT")),
        ("Enforcement", json!("REQUIRED")),
        ("Links", json!({})),
        ("Links", json!({ "german": URL })),
        ("Links", json!({ "cognito:klingon": URL })),
        ("Links", json!({ "cognito:default": "" })),
        ("Links", json!({ "cognito:default": "x".repeat(1025) })),
        ("Links", json!({ "cognito:default": "javascript:alert(1)" })),
        ("Links", json!(null)),
    ] {
        let mut request = base.clone();
        request[member] = value.clone();
        let (kind, text) = call(&server, "CreateTerms", &request).await.expect_err("a refusal");
        assert_eq!(kind, "InvalidParameterException", "{member} {value}: {text}");
    }
    let mut request = base;
    request["Links"] = all.into();
    let output = server.expect_output("CreateTerms", &request).await;
    assert_eq!(output["Terms"]["Links"].as_object().map(serde_json::Map::len), Some(13));
}

/// api-0263.
#[tokio::test]
async fn second_document_of_a_name_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    created(&server, &ids, "terms-of-use").await;
    created(&server, &ids, "privacy-policy").await;
    let text = format!("Terms terms-of-use already exist for client {}", ids.client);
    assert_refused!(create(&server, &ids, "terms-of-use"), is_terms_exists_exception, text.as_str());
    let other = crate::support::PoolAndClient { client: server.create_client(&ids.pool).await, ..ids };
    created(&server, &other, "terms-of-use").await;
}

/// api-0270.
#[tokio::test]
async fn pool_has_at_most_forty_documents() {
    let server = TestServer::new().await;
    let mut ids = server.create_pool_and_client().await;
    for _ in 0..20 {
        created(&server, &ids, "terms-of-use").await;
        created(&server, &ids, "privacy-policy").await;
        ids.client = server.create_client(&ids.pool).await;
    }
    let text = "A user pool can have at most 40 terms.";
    assert_refused!(create(&server, &ids, "terms-of-use"), is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn terms_of_an_unknown_app_client_are_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let text = "User pool client none does not exist.";
    let unknown = create(&server, &ids, "terms-of-use").client_id("none");
    assert_refused!(unknown, is_resource_not_found_exception, text);
}
