//! TagResource.

use super::{tag, tags, tags_of};
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn tag_resource_adds_tags_and_replaces_values() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    tag(&server, &pool, tags([("stage", "test"), ("team", "a b+c"), ("empty", "")]))
        .send()
        .await
        .expect("tagged");
    tag(&server, &pool, tags([("team", "d")])).send().await.expect("tagged");
    assert_eq!(tags_of(&server, &pool).await, tags([("stage", "test"), ("team", "d"), ("empty", "")]));
}

#[tokio::test]
async fn tag_resource_with_reserved_key_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let text = "The tag key Aws:x begins with aws:, which is reserved.";
    let reserved = tag(&server, &pool, tags([("Aws:x", "y")]));
    assert_refused!(reserved, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn tag_resource_beyond_fifty_tags_is_refused_and_adds_none() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    tag(&server, &pool, tags([("team", "d"), ("empty", "")])).send().await.expect("tagged");
    let many = (0..49).map(|n| (format!("k{n}"), String::new())).collect();
    let text = "A user pool can have at most 50 tags.";
    assert_refused!(tag(&server, &pool, many), is_invalid_parameter_exception, text);
    assert_eq!(tags_of(&server, &pool).await.len(), 2, "a refused request changes nothing");
}
