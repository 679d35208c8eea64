//! Tags of user pools.

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::operation::tag_resource::builders::TagResourceFluentBuilder;

use crate::support::TestServer;

/// Returns tags as a map.
fn tags<const N: usize>(tags: [(&str, &str); N]) -> HashMap<String, String> {
    tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Returns the ARN of a pool.
fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}")
}

/// Returns the tags of a pool by ListTagsForResource.
async fn tags_of(server: &TestServer, pool: &str) -> HashMap<String, String> {
    let listed = server.sdk.list_tags_for_resource().resource_arn(arn(pool)).send().await.expect("listed");
    listed.tags.unwrap_or_default()
}

/// Builds a TagResource request for a pool.
fn tag(server: &TestServer, pool: &str, more: HashMap<String, String>) -> TagResourceFluentBuilder {
    server.sdk.tag_resource().resource_arn(arn(pool)).set_tags(Some(more))
}
