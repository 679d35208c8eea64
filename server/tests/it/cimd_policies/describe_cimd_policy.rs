//! DescribeCIMDPolicy.

use serde_json::json;

use super::{Fixture, UNKNOWN, refused};

#[tokio::test]
async fn describe_cimd_policy_of_deleted_app_client_has_no_client() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    let describe = json!({ "CIMDPolicyId": id });
    let mut expected = fixture.call("DescribeCIMDPolicy", describe.clone()).await.expect("described");
    assert_eq!(expected["CIMDPolicy"]["ClientId"], fixture.client.as_str());
    fixture.call("DeleteUserPoolClient", json!({ "ClientId": fixture.client })).await.expect("deleted");
    expected["CIMDPolicy"].as_object_mut().expect("a policy").remove("ClientId");
    assert_eq!(fixture.call("DescribeCIMDPolicy", describe).await, Ok(expected));
}

#[tokio::test]
async fn unknown_policy_is_refused() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    let other = fixture.server.create_pool_with(json!({})).await;
    for request in [json!({ "CIMDPolicyId": "unknown" }), json!({ "UserPoolId": other, "CIMDPolicyId": id })]
    {
        let described = fixture.call("DescribeCIMDPolicy", request).await;
        assert_eq!(described, refused("ResourceNotFoundException", UNKNOWN));
    }
}
