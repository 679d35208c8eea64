//! UntagResource.

use super::{arn, tag, tags, tags_of};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn untag_resource_removes_the_named_tags() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    tag(&server, &pool, tags([("stage", "test"), ("team", "d"), ("empty", "")]))
        .send()
        .await
        .expect("tagged");
    let untag = server.sdk.untag_resource().resource_arn(arn(&pool));
    untag.tag_keys("stage").tag_keys("unknown").send().await.expect("untagged");
    assert_eq!(tags_of(&server, &pool).await, tags([("team", "d"), ("empty", "")]));
}

#[tokio::test]
async fn untag_resource_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let untag = server.sdk.untag_resource().resource_arn(arn("us-east-1_nowhere")).tag_keys("stage");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(untag, is_resource_not_found_exception, text);
}
