//! Whole answers that describe something that one request creates, bare and rich: `server/tests/golden/`, written by hand
//! from the facts. A member that appears, disappears or changes fails here. Answers that need more than one request before
//! them are in [`crate::golden_conversations`], which also checks that no operation is without.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{TestServer, documents::merge};

#[derive(Deserialize)]
struct Golden {
    about: String,
    /// The request that creates the thing, without the pool.
    #[serde(default)]
    create: Value,
    /// What the request answers, where it differs from the description.
    created: Option<Value>,
    /// The settings of the pool.
    #[serde(default)]
    pool: Value,
    /// The request that configures the pool.
    set: Option<Value>,
    /// The description; `"*"` stands for a value that is new every time.
    answer: Value,
}

/// The operations whose answers are compared here, and the files that have them.
pub(crate) const GOLDEN_NOUNS: &[(&str, &str)] = &[
    ("AdminGetUser", "users"),
    ("DescribeUserPool", "user_pools"),
    ("DescribeUserPoolClient", "app_clients"),
    ("GetGroup", "groups"),
    ("GetUserPoolMfaConfig", "mfa_configurations"),
];

/// Returns the answers in a file.
pub(crate) fn golden_answers_of(noun: &str) -> Vec<Value> {
    golden(noun).into_iter().map(|golden| golden.answer).collect()
}

fn golden(noun: &str) -> Vec<Golden> {
    let file = format!("{}/../golden/{noun}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{file}: {fault}"));
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{file}: {fault}"))
}

/// Puts `"*"` in the place of every value that the expected answer leaves open.
pub(crate) fn masked(answer: &Value, expected: &Value) -> Value {
    match (answer, expected) {
        (_, Value::String(open)) if open == "*" => expected.clone(),
        (Value::Object(answer), Value::Object(expected)) => {
            let mask = |name: &String, value| masked(value, expected.get(name).unwrap_or(&Value::Null));
            answer.iter().map(|(name, value)| (name.clone(), mask(name, value))).collect()
        }
        (Value::Array(answer), Value::Array(expected)) => {
            let expected = expected.iter().chain(std::iter::repeat(&Value::Null));
            answer.iter().zip(expected).map(|(value, expected)| masked(value, expected)).collect()
        }
        _ => answer.clone(),
    }
}

#[track_caller]
fn assert_golden(answer: &Value, expected: &Value, about: &str) {
    assert_eq!(&masked(answer, expected), expected, "{about}");
}

/// api-0036, api-0038, api-0039, api-0040, api-0041, api-0042, api-0043, api-0044, api-0045, api-0046, api-0047, api-0048, api-0049, api-0051,
/// api-0052, api-0053, api-0050, api-0055.
#[tokio::test]
async fn describe_user_pool_answers_the_golden_pools() {
    let server = TestServer::new().await;
    for Golden { about, create, answer, .. } in golden("user_pools") {
        let created = server.expect_output("CreateUserPool", &create).await["UserPool"].clone();
        assert_golden(&created, &answer, &about);
        let describe = json!({ "UserPoolId": created["Id"] });
        assert_eq!(server.expect_output("DescribeUserPool", &describe).await["UserPool"], created, "{about}");
    }
}

/// api-0136, api-0137.
#[tokio::test]
async fn describe_user_pool_client_answers_the_golden_clients() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    for Golden { about, create, created, answer, .. } in golden("app_clients") {
        let create = merge(&create, &json!({ "UserPoolId": pool }));
        let client = server.expect_output("CreateUserPoolClient", &create).await["UserPoolClient"].clone();
        assert_golden(&client, created.as_ref().unwrap_or(&answer), &about);
        let describe = json!({ "UserPoolId": pool, "ClientId": client["ClientId"] });
        let described =
            server.expect_output("DescribeUserPoolClient", &describe).await["UserPoolClient"].clone();
        assert_golden(&described, &answer, &about);
    }
}

/// api-0054, api-0124.
#[tokio::test]
async fn get_user_pool_mfa_config_answers_the_golden_configurations() {
    let server = TestServer::new().await;
    for Golden { about, pool, set, answer, .. } in golden("mfa_configurations") {
        let pool = server.create_pool_with(pool).await;
        let id = json!({ "UserPoolId": pool });
        if let Some(set) = set {
            let answered = server.expect_output("SetUserPoolMfaConfig", &merge(&set, &id)).await;
            assert_golden(&answered, &answer, &about);
        }
        assert_golden(&server.expect_output("GetUserPoolMfaConfig", &id).await, &answer, &about);
    }
}

#[tokio::test]
async fn get_group_answers_the_golden_groups() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    for Golden { about, create, answer, .. } in golden("groups") {
        let create = merge(&create, &json!({ "UserPoolId": pool }));
        assert_golden(&server.expect_output("CreateGroup", &create).await["Group"], &answer, &about);
        let get = json!({ "UserPoolId": pool, "GroupName": create["GroupName"] });
        assert_golden(&server.expect_output("GetGroup", &get).await["Group"], &answer, &about);
    }
}

#[tokio::test]
async fn admin_get_user_answers_the_golden_users() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    for Golden { about, create, answer, .. } in golden("users") {
        let create = merge(&create, &json!({ "UserPoolId": pool, "MessageAction": "SUPPRESS" }));
        server.expect_output("AdminCreateUser", &create).await;
        let get = json!({ "UserPoolId": pool, "Username": create["Username"] });
        assert_golden(&server.expect_output("AdminGetUser", &get).await, &answer, &about);
    }
}
