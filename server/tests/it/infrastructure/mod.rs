//! The calls that tools for infrastructure as code make, in their order: what a tool has sent must be told, and a pool that is
//! updated with what was read must not change.
//!
//! `cargo xtask clients` runs Terraform itself where it is installed; these tests run everywhere.

mod amplify;
mod cdk;
mod terraform;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::support::{
    TestServer,
    documents::{assert_contains, merge},
};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A pool as two calls describe it.
#[derive(Clone, Debug, PartialEq)]
struct PoolState {
    /// DescribeUserPool.
    pool: Value,
    /// GetUserPoolMfaConfig.
    mfa: Value,
}

impl PoolState {
    async fn read(server: &TestServer, id: &Value) -> Self {
        let input = json!({ "UserPoolId": id });
        let mut pool = server.expect_output("DescribeUserPool", &input).await["UserPool"].clone();
        // Every update changes it.
        pool.as_object_mut().expect("an object").remove("LastModifiedDate");
        // The SDK must understand the answers, too.
        let described = server.sdk.describe_user_pool().user_pool_id(pool["Id"].as_str().expect("an id"));
        described.send().await.expect("described");
        Self { pool, mfa: server.expect_output("GetUserPoolMfaConfig", &input).await }
    }

    /// Returns those members of the pool that a request repeats.
    fn members(&self, names: &[&str]) -> Value {
        members(&self.pool, names)
    }
}

/// Returns the members of an object that have one of the names.
fn members(object: &Value, names: &[&str]) -> Value {
    let members = object.as_object().expect("an object").clone();
    members.into_iter().filter(|(name, _)| names.contains(&name.as_str())).collect::<Map<_, _>>().into()
}

/// Asserts that the members of a request to create or update a pool are told as they were sent. Schema is told as a part of
/// another member.
fn assert_told(sent: &Value, told: &Value) {
    let renamed = sent.get("PoolName").map_or(Value::Null, |name| json!({ "Name": name }));
    let without = json!({ "PoolName": null, "Schema": null, "UserPoolId": null });
    assert_contains(&merge(&merge(sent, &without), &renamed), told, "");
}

/// Asserts that an update changed what it gives, and nothing else. `mirrors` are members that repeat a changed one.
fn assert_changed_in_place(before: &Value, changes: &Value, after: &Value, mirrors: &[&str]) {
    assert_told(changes, after);
    let kept = |state: &Value| {
        let mut members = state.as_object().expect("an object").clone();
        members.retain(|name, _| changes.get(name).is_none() && !mirrors.contains(&name.as_str()));
        members
    };
    assert_eq!(kept(after), kept(before));
}

/// Deletes a pool as tools do, and asserts that it is gone.
async fn destroy_pool(server: &TestServer, id: &Value) {
    let input = json!({ "UserPoolId": id });
    server.post("DeleteUserPool", &input).await;
    let (status, error, _) = server.post("DescribeUserPool", &input).await.refusal();
    assert_eq!((status, error.as_str()), (400, "ResourceNotFoundException"));
}

/// Lets a minute pass, so that an update has another time.
fn wait(server: &TestServer) {
    server.app.clock.advance(Duration::from_secs(60));
}
