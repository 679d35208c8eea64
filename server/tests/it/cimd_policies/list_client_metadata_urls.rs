//! ListClientMetadataURLs.

use std::time::Duration;

use serde_json::json;

use super::Fixture;

/// api-0320.
#[tokio::test]
async fn list_client_metadata_urls_returns_documents_until_they_expire() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    assert!(fixture.kept(&id).await.is_empty());
    let urls = ["https://a.example.com/1", "https://a.example.com/2", "https://b.example.com/1"];
    for url in urls {
        fixture.keep(&id, url).await;
    }
    let list = json!({ "CIMDPolicyId": id, "MaxResults": 2 });
    let first = fixture.call("ListClientMetadataURLs", list.clone()).await.expect("a page");
    let now = fixture.server.app.clock.now().as_seconds();
    let expected = urls.map(|url| json!({ "URL": url, "CachedDate": now, "ExpirationDate": now + 86_400 }));
    assert_eq!(first["ClientMetadataURLs"], json!(expected[..2]));
    let mut next = list;
    next["NextToken"] = first["NextToken"].clone();
    let second = fixture.call("ListClientMetadataURLs", next).await;
    assert_eq!(second, Ok(json!({ "ClientMetadataURLs": expected[2..] })));
    // An address that does not match the policy any more is not listed.
    let narrow = json!({
        "CIMDPolicyId": id, "ClientId": fixture.client, "URLPatterns": ["https://a.example.com/*"],
    });
    fixture.call("UpdateCIMDPolicy", narrow).await.expect("updated");
    assert_eq!(fixture.kept(&id).await, urls[..2]);
    fixture.server.app.clock.advance(Duration::from_secs(86_400));
    assert!(fixture.kept(&id).await.is_empty());
    fixture.server.app.store.sweep_all(fixture.server.app.clock.now()).await.expect("swept");
    let pool = lido_domain::id::PoolId::new(&fixture.pool);
    let policy = lido_domain::id::CimdPolicyId::new(&id);
    let left = fixture.server.app.store.begin().list_client_metadata(&pool, &policy, None, 9).await;
    assert_eq!(left, Ok(Vec::new()));
}
