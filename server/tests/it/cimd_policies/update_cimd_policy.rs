//! UpdateCIMDPolicy.

use std::time::Duration;

use serde_json::json;

use super::{Fixture, UNKNOWN, refused};

/// api-0317.
#[tokio::test]
async fn update_cimd_policy_keeps_what_it_does_not_name() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    let describe = json!({ "CIMDPolicyId": id });
    let mut expected = fixture.call("DescribeCIMDPolicy", describe.clone()).await.expect("described");
    fixture.server.app.clock.advance(Duration::from_secs(1));
    let required = json!({
        "CIMDPolicyId": id, "ClientId": fixture.client, "URLPatterns": ["https://example.org/*"],
    });
    let policy = &mut expected["CIMDPolicy"];
    policy["URLPatterns"] = required["URLPatterns"].clone();
    policy["LastModifiedDate"] = json!(policy["CreationDate"].as_f64().expect("a date") as i64 + 1);
    for (name, value) in
        [("PolicyName", json!("new")), ("CacheDuration", json!(90_000)), ("PolicyName", json!("newer"))]
    {
        let mut request = required.clone();
        request[name] = value.clone();
        expected["CIMDPolicy"][name] = value;
        let updated = fixture.call("UpdateCIMDPolicy", request).await.expect("updated");
        assert_eq!(updated, expected, "{name}");
        assert_eq!(
            fixture.call("DescribeCIMDPolicy", describe.clone()).await,
            Ok(expected.clone()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn update_that_names_nothing_that_exists_is_refused() {
    let fixture = Fixture::new().await;
    let id = fixture.create().await;
    let request = |id: &str, client: &str| json!({ "CIMDPolicyId": id, "ClientId": client, "URLPatterns": ["https://example.org/*"] });
    let unknown = fixture.call("UpdateCIMDPolicy", request("unknown", &fixture.client)).await;
    assert_eq!(unknown, refused("ResourceNotFoundException", UNKNOWN));
    let client = fixture.call("UpdateCIMDPolicy", request(&id, "unknown")).await;
    let text = "User pool client unknown does not exist.";
    assert_eq!(client, refused("ResourceNotFoundException", text));
}
