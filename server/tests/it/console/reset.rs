//! Resets: everything, back to the seed, a pool, the users of a pool.

use std::{fs, path::PathBuf, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, DeletionProtectionType};
use lido::seed::seed;
use serde_json::json;
use tempfile::TempDir;

use super::console;
use crate::support::{PASSWORD, PoolAndClient, TestServer, assert_refused, test_store};

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
    assert_eq!(answer, (200, json!({"pools": 2, "messages": 1, "faults": 1, "seeded": 0})));
    assert_eq!(console(&server, "GET", "/_lido/pools", None).await, (200, json!({"pools": []})));
    assert_eq!(server.app.clock.now(), real);
    let gone = format!("User pool {} does not exist.", ids.pool);
    assert_refused!(
        server.sdk.describe_user_pool().user_pool_id(&ids.pool),
        is_resource_not_found_exception,
        &*gone
    );
    let answer = console(&server, "POST", "/_lido/reset", None).await;
    assert_eq!(answer, (200, json!({"pools": 0, "messages": 0, "faults": 0, "seeded": 0})));
}

const SEED: &str = r#"
[[UserPools]]
Id = "us-east-1_Shop00001"
PoolName = "shop"

[[UserPools.Clients]]
ClientId = "shopweb"
ClientName = "web"
ExplicitAuthFlows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

[[UserPools.Users]]
Username = "mary"
Password = "Correct-Horse-1"
"#;

/// A server that was started with a seed file, and the file.
async fn seeded_server() -> (TestServer, TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("seed.toml");
    fs::write(&file, SEED).expect("written");
    let app = lido::app::App::for_tests();
    let settings = lido::app::Settings { seeds: vec![file.clone()], ..app.settings.clone() };
    let server = TestServer::with_app(lido::app::App { settings, ..app }).await;
    seed(&server.app, &server.app.settings.seeds).await.expect("seeded");
    (server, folder, file)
}

/// The names of the users of the pool of the seed.
async fn users(server: &TestServer) -> Vec<String> {
    let (_, listed) = console(server, "GET", "/_lido/pools/us-east-1_Shop00001/users", None).await;
    let users = listed["users"].as_array().cloned().unwrap_or_default();
    users.iter().filter_map(|user| user["username"].as_str().map(str::to_owned)).collect()
}

async fn sign_in(server: &TestServer, password: &str) -> bool {
    let begin = server.sdk.admin_initiate_auth().user_pool_id("us-east-1_Shop00001").client_id("shopweb");
    let begin = begin.auth_flow(AuthFlowType::AdminUserPasswordAuth).auth_parameters("USERNAME", "mary");
    begin.auth_parameters("PASSWORD", password).send().await.is_ok()
}

#[tokio::test]
async fn reset_of_seeded_server_leads_back_to_its_seed() {
    let (server, _folder, _) = seeded_server().await;
    server.create_pool_and_client().await;
    let other = server.sdk.admin_create_user().user_pool_id("us-east-1_Shop00001").username("bob");
    other.message_action("SUPPRESS".into()).send().await.expect("created");
    let change = server.sdk.admin_set_user_password().user_pool_id("us-east-1_Shop00001").username("mary");
    change.password("Correct-Horse-2").permanent(true).send().await.expect("changed");
    server.app.clock.advance(Duration::from_secs(60));
    let answer = console(&server, "POST", "/_lido/reset", None).await;
    assert_eq!(answer, (200, json!({"pools": 2, "messages": 0, "faults": 0, "seeded": 3})));
    assert_eq!(users(&server).await, ["mary"]);
    assert!(sign_in(&server, "Correct-Horse-1").await && !sign_in(&server, "Correct-Horse-2").await);
    let (_, pools) = console(&server, "GET", "/_lido/pools", None).await;
    assert_eq!(pools["pools"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn reset_reads_the_seed_anew() {
    let (server, _folder, file) = seeded_server().await;
    fs::write(&file, SEED.replace("\"mary\"", "\"ann\"")).expect("edited");
    assert_eq!(console(&server, "POST", "/_lido/reset", None).await.0, 200);
    assert_eq!(users(&server).await, ["ann"]);
}

#[tokio::test]
async fn reset_with_a_wrong_seed_says_where_and_what_is_left() {
    let (server, _folder, file) = seeded_server().await;
    let name = file.display();
    let cases = [
        (
            SEED.replace("PoolName", "PoolNname"),
            format!("Nothing was deleted, because of the seed: {name}, line 4: "),
            1,
        ),
        (
            // What only the rules of the store know.
            SEED.replace("Correct-Horse-1", "short"),
            format!("Everything was deleted, and the seed was refused: {name}, line 13: Users mary: "),
            0,
        ),
    ];
    for (text, expected, left) in cases {
        fs::write(&file, text).expect("edited");
        let (status, answer) = console(&server, "POST", "/_lido/reset", None).await;
        assert_eq!((status, answer["error"].as_str()), (409, Some("Refused")), "{answer}");
        assert!(answer["message"].as_str().is_some_and(|text| text.starts_with(&expected)), "{answer}");
        assert_eq!(users(&server).await.len(), left);
    }
    fs::remove_file(&file).expect("removed");
    let (status, answer) = console(&server, "POST", "/_lido/reset", None).await;
    assert_eq!(status, 409, "{answer}");
}

#[tokio::test]
async fn resets_at_once_end_in_the_seed() {
    let (server, _folder, _) = seeded_server().await;
    let reset = || console(&server, "POST", "/_lido/reset", None);
    let answers = tokio::join!(reset(), reset(), reset(), reset());
    for (status, answer) in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!((status, answer["pools"].as_u64(), answer["seeded"].as_u64()), (200, Some(1), Some(3)));
    }
    assert_eq!(users(&server).await, ["mary"]);
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
    let mut app = test_store::app();
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
