//! DeleteCIMDPolicy.

use lido::store::SWEEP_STEP;
use lido_domain::client::cimd::MAX_CLIENT_METADATA;
use serde_json::json;

use super::{Fixture, UNKNOWN, refused};

#[tokio::test]
async fn delete_cimd_policy_removes_its_documents() {
    let fixture = Fixture::new().await;
    let (id, other) = (fixture.create().await, fixture.create().await);
    let url = "https://app.example.com/client.json";
    fixture.keep(&id, url).await;
    fixture.keep(&other, url).await;
    let request = json!({ "CIMDPolicyId": id });
    fixture.call("DeleteCIMDPolicy", request.clone()).await.expect("deleted");
    for operation in ["DescribeCIMDPolicy", "DeleteCIMDPolicy", "ListClientMetadataURLs"] {
        let answer = fixture.call(operation, request.clone()).await;
        assert_eq!(answer, refused("ResourceNotFoundException", UNKNOWN), "{operation}");
    }
    assert_eq!(fixture.kept(&other).await, [json!(url)]);
    let rows = fixture.server.app.store.begin();
    let pool = lido_domain::id::PoolId::new(&fixture.pool);
    let id = lido_domain::id::CimdPolicyId::new(&id);
    assert_eq!(rows.list_client_metadata(&pool, &id, None, 9).await, Ok(Vec::new()));
    // Documents are removed in the commit of the request, which has no more rows than a step of the sweeper.
    const { assert!(MAX_CLIENT_METADATA < SWEEP_STEP) };
}
