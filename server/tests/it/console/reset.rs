//! Resets: everything, a pool, the users of a pool.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::DeletionProtectionType;
use serde_json::json;

use super::console;
use crate::support::{PASSWORD, PoolAndClient, TestServer, assert_refused};

async fn server_with_user() -> (TestServer, PoolAndClient) {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    (server, ids)
}

#[tokio::test]
async fn reset_leaves_nothing() {
    let (server, ids) = server_with_user().await;
    let real = server.app.clock.real_now();
    server.app.clock.advance(Duration::from_secs(60));
    let update = server.sdk.update_user_pool().user_pool_id(&ids.pool);
    update.deletion_protection(DeletionProtectionType::Active).send().await.expect("protected");
    server.create_pool_and_client().await;
    let fault = json!({"effect": "throttle", "operation": "SignUp", "probability": 0});
    assert_eq!(console(&server, "POST", "/_lido/faults", Some(&fault)).await.0, 201);
    let answer = console(&server, "POST", "/_lido/reset", None).await;
    assert_eq!(answer, (200, json!({"pools": 2, "messages": 1, "faults": 1})));
    assert_eq!(console(&server, "GET", "/_lido/pools", None).await, (200, json!({"pools": []})));
    assert_eq!(server.app.clock.now(), real);
    let gone = format!("User pool {} does not exist.", ids.pool);
    assert_refused!(
        server.sdk.describe_user_pool().user_pool_id(&ids.pool),
        is_resource_not_found_exception,
        &*gone
    );
    let answer = console(&server, "POST", "/_lido/reset", None).await;
    assert_eq!(answer, (200, json!({"pools": 0, "messages": 0, "faults": 0})));
}

#[tokio::test]
async fn users_of_a_pool_are_deleted_and_the_pool_stays() {
    let (server, ids) = server_with_user().await;
    let other = server.create_pool_and_client().await;
    server.sign_up(&other.client, "bob", "bob@example.com").await;
    let create = server.sdk.create_group().user_pool_id(&ids.pool).group_name("g");
    create.send().await.expect("a group");
    let add = server.sdk.admin_add_user_to_group().user_pool_id(&ids.pool).group_name("g").username("ann");
    add.send().await.expect("a member");
    // More than are deleted in one commit.
    for number in 0..101 {
        let create = server.sdk.admin_create_user().user_pool_id(&ids.pool).username(format!("u{number}"));
        create.message_action("SUPPRESS".into()).send().await.expect("created");
    }
    let users = format!("/_lido/pools/{}/users", ids.pool);
    assert_eq!(console(&server, "DELETE", &users, None).await, (200, json!({"deleted": 102})));
    assert_eq!(console(&server, "GET", &users, None).await, (200, json!({"users": []})));
    let members = server.sdk.list_users_in_group().user_pool_id(&ids.pool).group_name("g");
    assert_eq!(members.send().await.expect("the group stays").users().len(), 0);
    // The name and the address are free again.
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let (_, others) = console(&server, "GET", &format!("/_lido/pools/{}/users", other.pool), None).await;
    assert_eq!(others["users"][0]["username"], json!("bob"));
}

#[tokio::test]
async fn pool_is_deleted_alone() {
    let (server, ids) = server_with_user().await;
    let other = server.create_pool_and_client().await;
    let path = format!("/_lido/pools/{}", ids.pool);
    assert_eq!(console(&server, "DELETE", &path, None).await, (200, json!({"deleted": 1})));
    assert_eq!(console(&server, "DELETE", &path, None).await.0, 404);
    let (_, pools) = console(&server, "GET", "/_lido/pools", None).await;
    assert_eq!(pools["pools"].as_array().map(Vec::len), Some(1));
    assert_eq!(pools["pools"][0]["id"], json!(other.pool));
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("ann").password(PASSWORD);
    assert!(sign_up.send().await.is_err(), "its app clients are gone");
}

#[tokio::test]
async fn standby_refuses_what_changes_the_store() {
    let (server, ids) = server_with_user().await;
    let server = TestServer::with_store(server.app.store.clone()).await;
    let mut app = lido::app::App::for_tests();
    app.store = server.app.store.clone();
    app.settings.is_standby = true;
    let standby = TestServer::with_app(app).await;
    let pool = format!("/_lido/pools/{}", ids.pool);
    let body = json!({ "clientId": ids.client });
    let cases = [
        ("POST", "/_lido/reset".to_owned(), None),
        ("DELETE", pool.clone(), None),
        ("DELETE", format!("{pool}/users"), None),
        ("POST", format!("{pool}/users/ann/confirm"), None),
        ("POST", format!("{pool}/users/ann/tokens"), Some(&body)),
    ];
    for (method, path, body) in cases {
        let (status, answer) = console(&standby, method, &path, body).await;
        assert_eq!(status, 409, "{method} {path}: {answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.contains("standby")), "{answer}");
    }
    assert_eq!(console(&standby, "GET", &format!("{pool}/users/ann"), None).await.0, 200);
}
