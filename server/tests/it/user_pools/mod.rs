//! Operations on user pools and their settings.

mod add_custom_attributes;
mod contradictory_settings;
mod create_user_pool;
mod delete_user_pool;
mod describe_user_pool;
mod list_user_pools;
mod settings;
mod update_user_pool;

use aws_sdk_cognitoidentityprovider::types::UserPoolType;
use serde_json::{Value, json};

use crate::support::{TestServer, documents::call};

/// Describes a pool through the SDK.
async fn described(server: &TestServer, id: &str) -> UserPoolType {
    let described = server.sdk.describe_user_pool().user_pool_id(id).send().await;
    described.expect("described").user_pool.expect("a pool")
}

/// Creates a pool from a JSON request, and returns it as JSON.
async fn create(server: &TestServer, body: &Value) -> Value {
    call(server, "CreateUserPool", body).await.expect("a pool")["UserPool"].clone()
}

/// Describes a pool as JSON.
async fn describe(server: &TestServer, id: &Value) -> Value {
    let described = call(server, "DescribeUserPool", &json!({"UserPoolId": id})).await;
    described.expect("described")["UserPool"].clone()
}
