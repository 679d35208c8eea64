//! ListCIMDPolicies.

use serde_json::json;

use super::{Fixture, NO_POOL, refused};

/// api-0318.
#[tokio::test]
async fn list_cimd_policies_returns_pages_without_patterns() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.call("ListCIMDPolicies", json!({})).await, Ok(json!({ "CIMDPolicies": [] })));
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(fixture.create().await);
    }
    ids.sort();
    let first = fixture.call("ListCIMDPolicies", json!({ "MaxResults": 2 })).await.expect("a page");
    let next = json!({ "MaxResults": 2, "NextToken": first["NextToken"] });
    let second = fixture.call("ListCIMDPolicies", next).await.expect("a page");
    assert!(second.get("NextToken").is_none());
    let pages =
        [&first, &second].map(|page| page["CIMDPolicies"].as_array().expect("a list").clone()).concat();
    let listed: Vec<_> = pages.iter().filter_map(|policy| policy["CIMDPolicyId"].as_str()).collect();
    assert_eq!(listed, ids);
    for policy in &pages {
        assert_eq!((&policy["ClientId"], &policy["PolicyName"]), (&json!(fixture.client), &json!("apps")));
        assert!(policy.get("URLPatterns").is_none() && policy.get("UserPoolId").is_none());
    }
    fixture.call("DeleteUserPoolClient", json!({ "ClientId": fixture.client })).await.expect("deleted");
    let listed = fixture.call("ListCIMDPolicies", json!({})).await.expect("a page");
    let listed = listed["CIMDPolicies"].as_array().expect("a list");
    assert!(listed.iter().all(|policy| policy.get("ClientId").is_none()));
    let nowhere = fixture.call("ListCIMDPolicies", json!({ "UserPoolId": "us-east-1_nowhere" })).await;
    assert_eq!(nowhere, refused("ResourceNotFoundException", NO_POOL));
}
