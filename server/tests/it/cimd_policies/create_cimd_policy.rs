//! CreateCIMDPolicy.

use serde_json::json;

use super::{Fixture, NO_POOL, refused};
use crate::support::documents::merge;

/// api-0315.
#[tokio::test]
async fn create_cimd_policy_returns_a_policy_with_an_id() {
    let fixture = Fixture::new().await;
    let settings = merge(&fixture.settings(), &json!({ "CacheDuration": 90_000 }));
    let created = fixture.call("CreateCIMDPolicy", settings.clone()).await.expect("created");
    let policy = &created["CIMDPolicy"];
    let id = policy["CIMDPolicyId"].as_str().expect("an id");
    assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
    for member in ["ClientId", "PolicyName", "URLPatterns", "CacheDuration"] {
        assert_eq!(policy[member], settings[member], "{member}");
    }
    assert_eq!(policy["CreationDate"], policy["LastModifiedDate"]);
    let described = fixture.call("DescribeCIMDPolicy", json!({ "CIMDPolicyId": id })).await;
    assert_eq!(described, Ok(created));
}

/// api-0316.
#[tokio::test]
async fn policy_that_violates_the_model_is_refused() {
    let fixture = Fixture::new().await;
    let six: Vec<String> = (0..6).map(|number| format!("https://example.com/{number}")).collect();
    for change in [
        json!({ "URLPatterns": [] }),
        json!({ "URLPatterns": six }),
        json!({ "URLPatterns": ["http://example.com/"] }),
        json!({ "URLPatterns": ["https://a.b"] }),
        json!({ "URLPatterns": [format!("https://example.com/{}", "a".repeat(237))] }),
        json!({ "CacheDuration": 86_399 }),
        json!({ "CacheDuration": 31_556_953 }),
        json!({ "PolicyName": "a".repeat(33) }),
        json!({ "PolicyName": "" }),
    ] {
        let request = merge(&fixture.settings(), &change);
        let (kind, text) = fixture.call("CreateCIMDPolicy", request).await.expect_err("a refusal");
        assert_eq!(kind, "InvalidParameterException", "{change}: {text}");
    }
    let five = merge(&fixture.settings(), &json!({ "URLPatterns": six[..5], "CacheDuration": 86_400 }));
    fixture.call("CreateCIMDPolicy", five).await.expect("created");
}

/// api-0322.
#[tokio::test]
async fn policy_needs_plan_app_client_and_pool() {
    let fixture = Fixture::new().await;
    let unknown = merge(&fixture.settings(), &json!({ "ClientId": "unknown" }));
    let text = "User pool client unknown does not exist.";
    assert_eq!(fixture.call("CreateCIMDPolicy", unknown).await, refused("ResourceNotFoundException", text));
    let nowhere = merge(&fixture.settings(), &json!({ "UserPoolId": "us-east-1_nowhere" }));
    assert_eq!(
        fixture.call("CreateCIMDPolicy", nowhere).await,
        refused("ResourceNotFoundException", NO_POOL)
    );
    let lite = fixture.server.create_pool_with(json!({ "UserPoolTier": "LITE" })).await;
    let lite = merge(&fixture.settings(), &json!({ "UserPoolId": lite }));
    let text = "The following feature is not available for the LITE pricing tier configured: Client ID Metadata Documents";
    assert_eq!(
        fixture.call("CreateCIMDPolicy", lite).await,
        refused("FeatureUnavailableInTierException", text)
    );
}

#[tokio::test]
async fn pool_has_at_most_25_policies() {
    let fixture = Fixture::new().await;
    for _ in 0..25 {
        fixture.create().await;
    }
    let text = "A user pool can have at most 25 CIMD policies.";
    let more = fixture.call("CreateCIMDPolicy", fixture.settings()).await;
    assert_eq!(more, refused("LimitExceededException", text));
}
