//! ListTagsForResource.

use super::{tag, tags, tags_of};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn list_tags_for_resource_with_arn_of_no_pool_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let list = |arn: String| server.sdk.list_tags_for_resource().resource_arn(arn);
    let text = format!("User pool {pool} does not exist.");
    for place in ["eu-west-1:000000000000", "us-east-1:123456789012"] {
        let call = list(format!("arn:aws:cognito-idp:{place}:userpool/{pool}"));
        assert_refused!(call, is_resource_not_found_exception, text.as_str());
    }
    let nowhere = list("arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_nowhere".to_owned());
    assert_refused!(nowhere, is_resource_not_found_exception, "User pool us-east-1_nowhere does not exist.");
    for arn in ["arn:aws:s3:us-east-1:000000000000:bucket", "arn:aws:cognito-idp:us-east-1:0:identitypool/x"]
    {
        let call = list(arn.to_owned());
        assert_refused!(call, is_invalid_parameter_exception, "The ARN does not name a user pool.");
    }
}

#[tokio::test]
async fn list_tags_for_resource_without_tags_returns_none() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    assert_eq!(tags_of(&server, &pool).await, tags([]));
}

#[tokio::test]
async fn list_tags_for_resource_returns_what_describe_user_pool_returns() {
    let server = TestServer::new().await;
    let (sdk, pool) = (&server.sdk, server.create_pool_and_client().await.pool);
    tag(&server, &pool, tags([("team", "d"), ("empty", "")])).send().await.expect("tagged");
    let described = sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("described");
    let output = described.user_pool.and_then(|pool| pool.user_pool_tags);
    assert_eq!(output, Some(tags_of(&server, &pool).await));
    // An update of the pool without tags keeps them.
    sdk.update_user_pool().user_pool_id(&pool).send().await.expect("updated");
    assert_eq!(tags_of(&server, &pool).await, tags([("team", "d"), ("empty", "")]));
}
