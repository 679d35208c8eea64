//! ListTerms.

use std::collections::BTreeSet;

use serde_json::json;

use super::created;
use crate::support::TestServer;

/// api-0265.
#[tokio::test]
async fn list_terms_returns_short_items_page_by_page() {
    let server = TestServer::new().await;
    let mut ids = server.create_pool_and_client().await;
    let mut expected = BTreeSet::new();
    for _ in 0..3 {
        for name in ["terms-of-use", "privacy-policy"] {
            expected.insert(created(&server, &ids, name).await.terms_id().to_owned());
        }
        ids.client = server.create_client(&ids.pool).await;
    }
    let (mut found, mut token, mut pages) = (BTreeSet::new(), json!(null), 0);
    while pages == 0 || !token.is_null() {
        let request = json!({ "UserPoolId": ids.pool, "MaxResults": 4, "NextToken": token });
        let page = server.expect_output("ListTerms", &request).await;
        for item in page["Terms"].as_array().expect("a list") {
            let members: Vec<_> = item.as_object().expect("an item").keys().map(String::as_str).collect();
            assert_eq!(members, ["CreationDate", "Enforcement", "LastModifiedDate", "TermsId", "TermsName"]);
            assert!(found.insert(item["TermsId"].as_str().expect("an id").to_owned()), "{item}");
        }
        (token, pages) = (page["NextToken"].clone(), pages + 1);
    }
    assert_eq!((found, pages), (expected, 2));
    for size in [0, 61] {
        let request = json!({ "UserPoolId": ids.pool, "MaxResults": size });
        let refusal = server.post("ListTerms", &request).await.refusal();
        assert_eq!(refusal.1, "InvalidParameterException", "{size}");
    }
    let forged = json!({ "UserPoolId": ids.pool, "NextToken": "x" });
    assert_eq!(server.post("ListTerms", &forged).await.refusal().1, "InvalidParameterException");
}
