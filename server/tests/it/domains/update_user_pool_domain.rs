//! UpdateUserPoolDomain.

use aws_sdk_cognitoidentityprovider::{
    operation::update_user_pool_domain::builders::UpdateUserPoolDomainFluentBuilder,
    types::{CustomDomainConfigType, FailoverType, RoutingType, SecurityPolicyType},
};
use serde_json::json;

use super::{LITE, NO_DOMAIN, certificate, create, create_pool, describe};
use crate::support::{TestServer, assert_refused};

fn update(server: &TestServer, pool: &str, domain: &str) -> UpdateUserPoolDomainFluentBuilder {
    server.sdk.update_user_pool_domain().user_pool_id(pool).domain(domain)
}

/// oau-0006.
#[tokio::test]
async fn update_user_pool_domain_changes_what_it_names_only() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    create(&server, &pool, "auth.example.com")
        .custom_domain_config(certificate())
        .send()
        .await
        .expect("created");
    let failover =
        FailoverType::builder().secondary_region("us-west-2").primary_route53_health_check_id("check");
    let routing = RoutingType::builder().failover(failover.build().expect("failover")).build();
    let policy = CustomDomainConfigType::builder()
        .certificate_arn(super::CERTIFICATE)
        .security_policy(SecurityPolicyType::TlsV132025)
        .build()
        .expect("a certificate");
    let name = "auth.example.com";
    let mut expected = describe(&server, name).await;
    expected.managed_login_version = Some(2);
    let updated = update(&server, &pool, name).managed_login_version(2).send().await.expect("updated");
    assert_eq!(updated.managed_login_version(), Some(2));
    assert_eq!(updated.cloud_front_domain, expected.cloud_front_distribution);
    assert_eq!(describe(&server, name).await, expected);
    expected.routing = Some(routing.clone());
    update(&server, &pool, name).routing(routing).send().await.expect("updated");
    assert_eq!(describe(&server, name).await, expected);
    expected.custom_domain_config = Some(policy.clone());
    update(&server, &pool, name).custom_domain_config(policy).send().await.expect("updated");
    assert_eq!(describe(&server, name).await, expected);
    update(&server, &pool, name).send().await.expect("updated");
    assert_eq!(describe(&server, name).await, expected);
}

#[tokio::test]
async fn update_of_unknown_domain_is_refused() {
    let server = TestServer::new().await;
    let (one, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &one, "shop").send().await.expect("created");
    assert_refused!(update(&server, &one, "store"), is_invalid_parameter_exception, NO_DOMAIN);
    assert_refused!(update(&server, &other, "shop"), is_invalid_parameter_exception, NO_DOMAIN);
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(update(&server, "us-east-1_nowhere", "shop"), is_resource_not_found_exception, text);
    let custom = update(&server, &one, "shop").custom_domain_config(certificate());
    let text = "CustomDomainConfig can only be set for a custom domain.";
    assert_refused!(custom, is_invalid_parameter_exception, text);
}

/// oau-0200, api-0072.
#[tokio::test]
async fn plan_and_managed_login_must_agree() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "UserPoolTier": "LITE" })).await;
    create(&server, &pool, "shop").send().await.expect("created");
    let managed = || update(&server, &pool, "shop").managed_login_version(2);
    assert_refused!(managed(), is_feature_unavailable_in_tier_exception, LITE);
    let tier = |name: &str| server.sdk.update_user_pool().user_pool_id(&pool).user_pool_tier(name.into());
    tier("ESSENTIALS").send().await.expect("updated");
    managed().send().await.expect("updated");
    let text = "The following features need to be disabled for the LITE pricing tier configured: Managed Login Version 2";
    assert_refused!(tier("LITE"), is_tier_change_not_allowed_exception, text);
    update(&server, &pool, "shop").managed_login_version(1).send().await.expect("updated");
    tier("LITE").send().await.expect("updated");
}
