//! DeleteUserPoolClientSecret.

use std::time::Duration;

use super::{client_with_secret, described, secret_ids};
use crate::support::{PASSWORD, TestServer, assert_refused, secret_hash};

/// api-0167.
#[tokio::test]
async fn delete_user_pool_client_secret_keeps_the_other_one_valid() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (id, first) = client_with_secret(&server, &pool).await;
    let sdk = &server.sdk;
    server.app.clock.advance(Duration::from_secs(5));
    let add = sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    let added = add.send().await.expect("added").client_secret_descriptor.expect("a descriptor");
    let second = added.client_secret_value.expect("a generated secret");
    let sign_up = |username: &'static str, secret: &str| {
        let call = sdk.sign_up().client_id(&id).username(username).password(PASSWORD);
        call.secret_hash(secret_hash(&id, secret, username))
    };
    let delete = |secret: &str| {
        sdk.delete_user_pool_client_secret().user_pool_id(&pool).client_id(&id).client_secret_id(secret)
    };
    let [one, other] = <[String; 2]>::try_from(secret_ids(&server, &pool, &id).await).expect("two");
    delete(&one).send().await.expect("deleted");
    let wrong = format!("Unable to verify secret hash for client {id}");
    assert_refused!(sign_up("eve", &first), is_not_authorized_exception, wrong.as_str());
    sign_up("carl", &second).send().await.expect("the second secret is still valid");
    let client = described(&server, &pool, &id).await;
    assert_eq!(client.client_secret(), None, "the second secret does not take its place");
    let text = format!("Client secret {one} does not exist.");
    assert_refused!(delete(&one), is_resource_not_found_exception, text.as_str());
    let text = "The last secret of a client cannot be deleted.";
    assert_refused!(delete(&other), is_invalid_parameter_exception, text);
    assert_eq!(secret_ids(&server, &pool, &id).await, [other]);
}

#[tokio::test]
async fn delete_user_pool_client_secret_of_client_without_one_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let delete = server.sdk.delete_user_pool_client_secret().user_pool_id(&ids.pool);
    let delete = delete.client_id(&ids.client).client_secret_id("nope");
    assert_refused!(delete, is_resource_not_found_exception, "Client secret nope does not exist.");
}
