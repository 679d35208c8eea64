//! App clients, their settings and their secrets.

mod add_user_pool_client_secret;
mod contradictory_settings;
mod create_user_pool_client;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod describe_user_pool_client;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod settings;
mod update_user_pool_client;

use aws_sdk_cognitoidentityprovider::types::UserPoolClientType;
use serde_json::{Value, json};

use crate::support::{TestServer, documents::call};

/// Describes an app client through the SDK.
async fn described(server: &TestServer, pool: &str, client: &str) -> UserPoolClientType {
    let call = server.sdk.describe_user_pool_client().user_pool_id(pool).client_id(client);
    call.send().await.expect("described").user_pool_client.expect("a description")
}

/// Creates a pool with the custom attribute `size` and the custom scope `api/read`, and returns its id.
async fn pool(server: &TestServer) -> Value {
    let schema = json!([{"Name": "size", "AttributeDataType": "String"}]);
    let created = call(server, "CreateUserPool", &json!({"PoolName": "p", "Schema": schema})).await;
    let pool = created.expect("a pool")["UserPool"]["Id"].clone();
    let scopes = json!([{"ScopeName": "read", "ScopeDescription": "d"}]);
    let api = json!({"UserPoolId": pool, "Identifier": "api", "Name": "API", "Scopes": scopes});
    call(server, "CreateResourceServer", &api).await.expect("a resource server");
    pool
}

/// Creates an app client from a JSON request, and returns it as JSON.
async fn create(server: &TestServer, body: &Value) -> Value {
    call(server, "CreateUserPoolClient", body).await.expect("a client")["UserPoolClient"].clone()
}

/// Describes an app client as JSON.
async fn describe(server: &TestServer, client: &Value) -> Value {
    let input = json!({"UserPoolId": client["UserPoolId"], "ClientId": client["ClientId"]});
    let described = call(server, "DescribeUserPoolClient", &input).await;
    described.expect("described")["UserPoolClient"].clone()
}

/// Returns an app client as DescribeUserPoolClient shows what a write has answered: with its lists sorted.
fn as_described(written: &Value) -> Value {
    let mut described = written.clone();
    for value in described.as_object_mut().expect("an object").values_mut() {
        if let Value::Array(list) = value {
            list.sort_by_key(|item| item.as_str().map(str::to_owned));
        }
    }
    described
}

/// Creates an app client with a secret; returns the id and the secret.
async fn client_with_secret(server: &TestServer, pool: &str) -> (String, String) {
    let create = server.sdk.create_user_pool_client().user_pool_id(pool).client_name("with secret");
    let created =
        create.generate_secret(true).send().await.expect("a client").user_pool_client.expect("a description");
    (created.client_id.expect("an id"), created.client_secret.expect("a secret"))
}

/// Returns the ids of an app client's secrets, and asserts that their values are not listed.
async fn secret_ids(server: &TestServer, pool: &str, client: &str) -> Vec<String> {
    let listed = server.sdk.list_user_pool_client_secrets().user_pool_id(pool).client_id(client).send().await;
    let listed = listed.expect("listed");
    assert_eq!(listed.next_token(), None);
    assert!(listed.client_secrets().iter().all(|secret| secret.client_secret_value().is_none()));
    let secrets = listed.client_secrets.unwrap_or_default();
    secrets.into_iter().map(|secret| secret.client_secret_id.expect("an id")).collect()
}
