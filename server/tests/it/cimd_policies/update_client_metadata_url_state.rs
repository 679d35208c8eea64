//! UpdateClientMetadataURLState.

use std::time::Duration;

use lido_domain::id::{CimdPolicyId, PoolId};
use serde_json::{Value, json};

use super::{Fixture, UNKNOWN, refused};

const URL: &str = "https://app.example.com/client.json";
const NOT_CACHED: &str = "The client metadata document is not cached.";

fn request(policy: &str, action: &str) -> Value {
    json!({ "CIMDPolicyId": policy, "URL": URL, "Action": action })
}

/// api-0319.
#[tokio::test]
async fn document_that_is_not_cached_is_refused() {
    let fixture = Fixture::new().await;
    let (id, other) = (fixture.create().await, fixture.create().await);
    fixture.keep(&other, URL).await;
    for action in ["REFRESH", "INVALIDATE"] {
        let answer = fixture.call("UpdateClientMetadataURLState", request(&id, action)).await;
        assert_eq!(answer, refused("CachedCIMDURLDoesNotExistException", NOT_CACHED), "{action}");
        let answer = fixture.call("UpdateClientMetadataURLState", request("unknown", action)).await;
        assert_eq!(answer, refused("ResourceNotFoundException", UNKNOWN), "{action}");
    }
    fixture.server.app.clock.advance(Duration::from_secs(86_400));
    let expired = fixture.call("UpdateClientMetadataURLState", request(&other, "INVALIDATE")).await;
    assert_eq!(expired, refused("CachedCIMDURLDoesNotExistException", NOT_CACHED));
}

#[tokio::test]
async fn invalidated_document_is_removed() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    fixture.keep(&id, URL).await;
    fixture.keep(&id, "https://app.example.com/other.json").await;
    let done = fixture.call("UpdateClientMetadataURLState", request(&id, "INVALIDATE")).await;
    assert_eq!(done, Ok(json!({})));
    assert_eq!(fixture.kept(&id).await, [json!("https://app.example.com/other.json")]);
}

#[tokio::test]
async fn update_client_metadata_url_state_refresh_fetches_the_document_again() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    fixture.keep(&id, URL).await;
    let later = Duration::from_secs(3_600);
    fixture.server.app.clock.advance(later);
    // Without an answer the document that is kept stays.
    let answer = fixture.call("UpdateClientMetadataURLState", request(&id, "REFRESH")).await;
    let text = "The client metadata document could not be retrieved.";
    assert_eq!(answer, refused("InvalidParameterException", text));
    fixture.documents.put(URL, json!({ "client_id": "https://evil.example/client.json" }));
    let answer = fixture.call("UpdateClientMetadataURLState", request(&id, "REFRESH")).await;
    assert_eq!(answer, refused("InvalidParameterException", text));
    assert_eq!(fixture.kept(&id).await, [json!(URL)]);

    let document = json!({ "client_id": URL, "client_name": "App" });
    fixture.documents.put(URL, document.clone());
    let done = fixture.call("UpdateClientMetadataURLState", request(&id, "REFRESH")).await;
    assert_eq!(done, Ok(json!({})));
    let tx = fixture.server.app.store.begin();
    let (pool, policy) = (PoolId::new(&fixture.pool), CimdPolicyId::new(&id));
    let kept = tx.list_client_metadata(&pool, &policy, None, 9).await.expect("read");
    let now = fixture.server.app.clock.now();
    assert_eq!((kept.len(), &kept[0].document, kept[0].cached_at), (1, &document, now));
    assert_eq!(kept[0].expires_at, now.after(Duration::from_secs(86_400)));
}
