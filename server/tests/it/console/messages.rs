//! Finding messages, and waiting for them.

use std::time::{Duration, Instant};

use aws_sdk_cognitoidentityprovider::types::{
    UsernameAttributeType, UsernameConfigurationType, VerifiedAttributeType,
};
use serde_json::json;

use super::console;
use crate::support::{PASSWORD, TestServer, pool_id_of};

/// An address typed as a username is the name by which people know the user, and the username is then the sub.
#[tokio::test]
async fn user_with_address_as_username_is_found_by_every_name() {
    let server = TestServer::new().await;
    let create =
        server.sdk.create_user_pool().pool_name("p").username_attributes(UsernameAttributeType::Email);
    let names = UsernameConfigurationType::builder().case_sensitive(false).build().expect("a setting");
    let create = create.auto_verified_attributes(VerifiedAttributeType::Email).username_configuration(names);
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    let call = server.sdk.sign_up().client_id(&client).username("Ann+1@example.com").password(PASSWORD);
    let sub = call.send().await.expect("signed up").user_sub;
    server.sign_up(&client, "bob@example.com", "bob@example.com").await;
    // In another case, as the pool ignores it.
    for name in ["Ann%2B1@example.com", "Ann+1@example.com", "ann+1@EXAMPLE.com", &sub] {
        for query in [format!("username={name}"), format!("username={name}&userPoolId={pool}")] {
            let (status, found) = console(&server, "GET", &format!("/_lido/messages?{query}"), None).await;
            assert_eq!((status, found["messages"].as_array().map(Vec::len)), (200, Some(1)), "{query}");
            assert_eq!(found["messages"][0]["sub"], json!(sub), "{query}");
        }
    }
    for query in [format!("username={sub}&userPoolId=us-east-1_other"), "username=ann".to_owned()] {
        let (status, found) = console(&server, "GET", &format!("/_lido/messages?{query}"), None).await;
        assert_eq!((status, &found["messages"]), (200, &json!([])), "{query}");
    }
}

#[tokio::test]
async fn request_that_waits_is_answered_when_the_message_arrives() {
    let server = TestServer::new().await;
    let client = server.create_pool_and_client().await.client;
    let started = Instant::now();
    let wait = console(&server, "GET", "/_lido/messages?username=ann&wait=30s", None);
    let send = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.sign_up(&client, "bob", "bob@example.com").await;
        server.sign_up(&client, "ann", "ann@example.com").await;
    };
    let ((status, found), ()) = tokio::join!(wait, send);
    assert_eq!((status, &found["messages"][0]["username"]), (200, &json!("ann")));
    assert!(started.elapsed() < Duration::from_secs(25));
    // A later request waits for what comes after that.
    let after = found["cursor"].as_str().expect("a cursor");
    let (status, found) =
        console(&server, "GET", &format!("/_lido/messages?after={after}&wait=1ms"), None).await;
    assert_eq!((status, &found["messages"]), (200, &json!([])));
}
