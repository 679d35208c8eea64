//! CreateUserPoolDomain.

use aws_sdk_cognitoidentityprovider::types::{FailoverType, RoutingType};
use serde_json::json;
use tokio::task::JoinSet;

use super::{LITE, TAKEN, certificate, create, create_pool, describe};
use crate::support::{TestServer, assert_refused};

/// oau-0205, oau-0007.
#[tokio::test]
async fn create_user_pool_domain_gives_a_prefix_and_a_custom_domain() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let before = server.sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("described");
    let before = before.user_pool.expect("a pool");
    assert_eq!((before.domain(), before.custom_domain()), (None, None));
    let prefix = create(&server, &pool, "shop").send().await.expect("created");
    assert_eq!((prefix.managed_login_version(), prefix.cloud_front_domain()), (None, None));
    let custom = create(&server, &pool, "auth.example.com").custom_domain_config(certificate());
    let custom = custom.managed_login_version(2).send().await.expect("created");
    assert_eq!(custom.managed_login_version(), Some(2));
    let distribution = describe(&server, "auth.example.com").await.cloud_front_distribution;
    assert!(
        distribution.as_deref().is_some_and(|name| name.ends_with(".cloudfront.net")),
        "{distribution:?}"
    );
    assert_eq!(custom.cloud_front_domain, distribution);
    let after = server.sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("described");
    let after = after.user_pool.expect("a pool");
    assert_eq!((after.domain(), after.custom_domain()), (Some("shop"), Some("auth.example.com")));
    assert_eq!(after.last_modified_date, before.last_modified_date);
}

/// oau-0191, oau-0287.
#[tokio::test]
async fn domain_belongs_to_one_pool() {
    let server = TestServer::new().await;
    let (one, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &one, "shop").send().await.expect("created");
    assert_refused!(create(&server, &other, "shop"), is_invalid_parameter_exception, TAKEN);
    let second = create(&server, &one, "store");
    let text = "User pool already has a domain configured.";
    assert_refused!(second, is_invalid_parameter_exception, text);
    create(&server, &other, "store").send().await.expect("created");
}

/// oau-0192, oau-0195, oau-0197, oau-0198, oau-0004.
#[tokio::test]
async fn domain_of_wrong_form_is_refused() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let format = "The domain name contains an invalid character. Domain names can only contain lower-case letters, \
                  numbers, and hyphens. Please enter a different name that follows this format: \
                  ^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$";
    for prefix in ["Shop", "my.shop", "my shop", "-shop"] {
        assert_refused!(create(&server, &pool, prefix), is_invalid_parameter_exception, format);
    }
    for (prefix, word) in [("my-aws-shop", "aws"), ("amazonian", "amazon"), ("cognito", "cognito")] {
        let text = format!("Domain cannot contain reserved word: {word}");
        assert_refused!(create(&server, &pool, prefix), is_invalid_parameter_exception, text.as_str());
    }
    let subdomain = "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent \
                     domain or domain parent is a top-level domain.";
    for name in ["shop", "example.com"] {
        let custom = create(&server, &pool, name).custom_domain_config(certificate());
        assert_refused!(custom, is_invalid_parameter_exception, subdomain);
    }
    let version = create(&server, &pool, "shop").managed_login_version(3);
    assert_refused!(version, is_invalid_parameter_exception, "ManagedLoginVersion must be 1 or 2.");
    let failover =
        FailoverType::builder().secondary_region("us-west-2").primary_route53_health_check_id("check");
    let routing = RoutingType::builder().failover(failover.build().expect("failover")).build();
    let routed = create(&server, &pool, "shop").routing(routing.clone());
    assert_refused!(routed, is_invalid_parameter_exception, "Routing can only be set for a custom domain.");
    let custom = create(&server, &pool, "auth.example.com").custom_domain_config(certificate());
    let created = custom.routing(routing.clone()).send().await.expect("created");
    assert_eq!(created.routing, Some(routing));
}

/// oau-0193.
#[tokio::test]
async fn custom_domain_has_dots() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let custom = create(&server, &pool, "auth.example.com").custom_domain_config(certificate());
    custom.send().await.expect("created");
    let described = describe(&server, "auth.example.com").await;
    assert_eq!(described.custom_domain_config, Some(certificate()));
}

/// oau-0010, oau-0200.
#[tokio::test]
async fn managed_login_in_a_lite_pool_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "UserPoolTier": "LITE" })).await;
    let managed = create(&server, &pool, "shop").managed_login_version(2);
    assert_refused!(managed, is_feature_unavailable_in_tier_exception, LITE);
    create(&server, &pool, "shop").managed_login_version(1).send().await.expect("created");
}

#[tokio::test]
async fn domain_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(create(&server, "us-east-1_nowhere", "shop"), is_resource_not_found_exception, text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_pools_get_a_domain_once() {
    let server = TestServer::new().await;
    let mut pools = Vec::new();
    for _ in 0..8 {
        pools.push(create_pool(&server).await);
    }
    let requests: JoinSet<_> = pools.iter().map(|pool| create(&server, pool, "shop").send()).collect();
    let refused: Vec<_> = requests.join_all().await.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 7);
    for error in refused {
        assert_eq!(error.into_service_error().meta().message(), Some(TAKEN));
    }
}
