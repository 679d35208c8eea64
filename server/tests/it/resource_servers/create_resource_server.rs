//! CreateResourceServer.

use serde_json::json;
use tokio::task::JoinSet;

use super::{create, create_pool, describe, scope};
use crate::support::{TestServer, assert_refused, documents::call};

/// oau-0142, oau-0146.
#[tokio::test]
async fn create_resource_server_returns_what_describe_returns() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    for identifier in ["photos", "https://photos.example.com/v1", "!#$%[]^~"] {
        let created = create(&server, &pool, identifier).scopes(scope("write")).scopes(scope("read"));
        let created = created.send().await.expect("created").resource_server.expect("a resource server");
        let names: Vec<_> = created.scopes().iter().map(|scope| scope.scope_name()).collect();
        assert_eq!((created.identifier(), names), (Some(identifier), vec!["write", "read"]));
        assert_eq!(created.user_pool_id(), Some(pool.as_str()));
        assert_eq!(describe(&server, &pool, identifier).await, created);
    }
}

/// oau-0142, oau-0143, oau-0144, oau-0218, oau-0219.
#[tokio::test]
async fn resource_server_that_violates_the_model_is_refused() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let base = json!({ "UserPoolId": pool, "Identifier": "photos", "Name": "Photos" });
    let scopes = |names: &[&str]| {
        names.iter().map(|name| json!({ "ScopeName": name, "ScopeDescription": "d" })).collect::<Vec<_>>()
    };
    let many: Vec<String> = (0..101).map(|number| format!("s{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let identifier = "at 'identifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                      [\\x21\\x23-\\x5B\\x5D-\\x7E]+";
    let name = "at 'scopes.1.member.scopeName' failed to satisfy constraint: Member must satisfy regular expression \
                pattern: [\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+";
    let cases = [
        ("Identifier", json!("my photos"), identifier),
        ("Identifier", json!("a\"b"), identifier),
        ("Identifier", json!("a\\b"), identifier),
        ("Identifier", json!("a".repeat(257)), "Member must have length less than or equal to 256"),
        ("Scopes", json!(scopes(&["a/b"])), name),
        ("Scopes", json!(scopes(&many)), "Member must have length less than or equal to 100"),
    ];
    for (member, value, text) in cases {
        let mut request = base.clone();
        request[member] = value;
        let (kind, message) = call(&server, "CreateResourceServer", &request).await.expect_err("a refusal");
        assert_eq!(kind, "InvalidParameterException");
        assert!(message.contains(text), "{message}");
    }
    let mut request = base;
    request["Scopes"] = json!(scopes(&many[..100]));
    call(&server, "CreateResourceServer", &request).await.expect("created");
}

#[tokio::test]
async fn resource_server_with_taken_identifier_or_scope_is_refused() {
    let server = TestServer::new().await;
    let (pool, other) = (create_pool(&server).await, create_pool(&server).await);
    create(&server, &pool, "photos").send().await.expect("created");
    let text = "Resource server photos already exists in this user pool.";
    assert_refused!(create(&server, &pool, "photos"), is_invalid_parameter_exception, text);
    create(&server, &other, "photos").send().await.expect("created in another pool");
    let twice = create(&server, &pool, "videos").scopes(scope("read")).scopes(scope("read"));
    assert_refused!(twice, is_invalid_parameter_exception, "The scope read is defined more than once.");
}

/// oau-0145, api-0332.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_resource_servers_stay_within_the_limit() {
    let server = TestServer::new().await;
    let pool = create_pool(&server).await;
    let names: Vec<String> = (0..30).map(|number| format!("server-{number}")).collect();
    let requests: JoinSet<_> = names.iter().map(|name| create(&server, &pool, name).send()).collect();
    let refused: Vec<_> = requests.join_all().await.into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 5);
    for error in refused {
        let error = error.into_service_error();
        assert!(error.is_limit_exceeded_exception(), "{error:?}");
        assert_eq!(error.meta().message(), Some("A user pool can have at most 25 resource servers."));
    }
}
