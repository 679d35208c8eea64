//! Tags: hung on a pool, taken off, listed, and told by the pool.

use std::collections::HashMap;

use crate::support::{House, refused};

fn tags<const N: usize>(tags: [(&str, &str); N]) -> HashMap<String, String> {
    tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn tags_come_and_go() {
    let house = House::new().await;
    let (sdk, pool) = (&house.sdk, house.place().await.pool);
    let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
    let list = || async {
        sdk.list_tags_for_resource().resource_arn(&arn).send().await.expect("listed").tags.unwrap_or_default()
    };
    assert_eq!(list().await, tags([]));
    let tag = |more| sdk.tag_resource().resource_arn(&arn).set_tags(Some(more));
    tag(tags([("stage", "test"), ("team", "a b+c"), ("empty", "")])).send().await.expect("tagged");
    tag(tags([("team", "d")])).send().await.expect("tagged");
    assert_eq!(list().await, tags([("stage", "test"), ("team", "d"), ("empty", "")]));
    let untag = sdk.untag_resource().resource_arn(&arn).tag_keys("stage").tag_keys("never there");
    untag.send().await.expect("untagged");
    assert_eq!(list().await, tags([("team", "d"), ("empty", "")]));
    let described = sdk.describe_user_pool().user_pool_id(&pool).send().await.expect("described");
    assert_eq!(described.user_pool.and_then(|pool| pool.user_pool_tags), Some(list().await));

    // Settings and tags do not get into each other's way.
    sdk.update_user_pool().user_pool_id(&pool).send().await.expect("updated");
    assert_eq!(list().await, tags([("team", "d"), ("empty", "")]));
    let text = "The tag key Aws:x begins with aws:, which is reserved.";
    refused!(tag(tags([("Aws:x", "y")])), is_invalid_parameter_exception, text);
    let many = (0..49).map(|n| (format!("k{n}"), String::new())).collect();
    refused!(tag(many), is_invalid_parameter_exception, "A user pool can have at most 50 tags.");
    assert_eq!(list().await.len(), 2, "all or nothing");
}

#[tokio::test]
async fn an_arn_must_name_a_pool_of_this_house() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let list = |arn: String| house.sdk.list_tags_for_resource().resource_arn(arn);
    let text = format!("User pool {pool} does not exist.");
    for there in ["eu-west-1:000000000000", "us-east-1:123456789012"] {
        let call = list(format!("arn:aws:cognito-idp:{there}:userpool/{pool}"));
        refused!(call, is_resource_not_found_exception, text.as_str());
    }
    let nowhere = list("arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_nowhere".to_owned());
    refused!(nowhere, is_resource_not_found_exception, "User pool us-east-1_nowhere does not exist.");
    for arn in ["arn:aws:s3:us-east-1:000000000000:bucket", "arn:aws:cognito-idp:us-east-1:0:identitypool/x"]
    {
        let call = list(arn.to_owned());
        refused!(call, is_invalid_parameter_exception, "The ARN does not name a user pool.");
    }
}
