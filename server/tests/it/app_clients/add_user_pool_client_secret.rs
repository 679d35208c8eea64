//! AddUserPoolClientSecret.

use std::time::Duration;

use super::{client_with_secret, described};
use crate::support::{PASSWORD, TestServer, assert_refused, secret_hash};

/// api-0166, api-0168, oau-0141.
#[tokio::test]
async fn add_user_pool_client_secret_with_value_does_not_return_it() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (id, _) = client_with_secret(&server, &pool).await;
    let own = "0123456789abcdefghijklmn";
    let add = || server.sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    let added =
        add().client_secret(own).send().await.expect("added").client_secret_descriptor.expect("a descriptor");
    assert_eq!(added.client_secret_value, None);
    let sign_up = server.sdk.sign_up().client_id(&id).username("ann").password(PASSWORD);
    sign_up.secret_hash(secret_hash(&id, own, "ann")).send().await.expect("signed up");
}

#[tokio::test]
async fn add_user_pool_client_secret_without_value_generates_a_second_secret() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let (id, first) = client_with_secret(&server, &pool).await;
    let sdk = &server.sdk;
    server.app.clock.advance(Duration::from_secs(5));
    let add = || sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    let added = add().send().await.expect("added").client_secret_descriptor.expect("a descriptor");
    let second = added.client_secret_value.expect("a generated secret");
    assert_eq!(second.len(), 51);
    assert_eq!(added.client_secret_id.as_deref(), Some(format!("{id}--1795246205000").as_str()));
    assert_eq!(added.client_secret_create_date.map(|date| date.secs()), Some(1_795_246_205));
    assert_refused!(add(), is_limit_exceeded_exception, "A client can have at most 2 secrets.");

    // Both secrets are valid, and no other one is.
    let sign_up = |username: &'static str, secret: &str| {
        let call = sdk.sign_up().client_id(&id).username(username).password(PASSWORD);
        call.secret_hash(secret_hash(&id, secret, username))
    };
    sign_up("ann", &first).send().await.expect("a hash by the first secret");
    sign_up("bob", &second).send().await.expect("a hash by the second secret");
    let wrong = format!("Unable to verify secret hash for client {id}");
    assert_refused!(sign_up("eve", "another"), is_not_authorized_exception, wrong.as_str());
    assert_eq!(described(&server, &pool, &id).await.client_secret(), Some(first.as_str()));
}

#[tokio::test]
async fn add_user_pool_client_secret_to_client_without_one_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let add =
        |client: &str| server.sdk.add_user_pool_client_secret().user_pool_id(&ids.pool).client_id(client);
    let text = "The client was created without a secret and cannot get one.";
    assert_refused!(add(&ids.client), is_invalid_parameter_exception, text);
    assert_refused!(add("nope"), is_resource_not_found_exception, "User pool client nope does not exist.");
}
