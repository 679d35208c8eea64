//! App clients with two secrets: one is changed for the other without a pause.

use std::time::Duration;

use crate::{
    secrets::hash,
    support::{House, PASSWORD, refused},
};

async fn secretive(house: &House, pool: &str) -> (String, String) {
    let made = house.sdk.create_user_pool_client().user_pool_id(pool).client_name("secretive");
    let made = made.generate_secret(true).send().await.expect("a client").user_pool_client.expect("told");
    (made.client_id.expect("an id"), made.client_secret.expect("a secret"))
}

#[tokio::test]
async fn a_secret_is_changed_for_another() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let (id, first) = secretive(&house, &pool).await;
    let sdk = &house.sdk;
    let list = || async {
        let listed = sdk.list_user_pool_client_secrets().user_pool_id(&pool).client_id(&id).send().await;
        let listed = listed.expect("listed");
        assert_eq!(listed.next_token(), None);
        assert!(listed.client_secrets().iter().all(|secret| secret.client_secret_value().is_none()));
        let secrets = listed.client_secrets.unwrap_or_default();
        secrets.into_iter().map(|secret| secret.client_secret_id.expect("an id")).collect::<Vec<_>>()
    };
    assert_eq!(list().await, [format!("{id}--1795246200000")]);

    house.app.clock.advance(Duration::from_secs(5));
    let add = || sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    let added = add().send().await.expect("added").client_secret_descriptor.expect("told");
    let second = added.client_secret_value.expect("a text, because it was made here");
    assert_eq!(second.len(), 51);
    assert_eq!(added.client_secret_id.as_deref(), Some(format!("{id}--1795246205000").as_str()));
    assert_eq!(added.client_secret_create_date.map(|date| date.secs()), Some(1_795_246_205));
    refused!(add(), is_limit_exceeded_exception, "A client can have at most 2 secrets.");

    // Both are good, and only these.
    let sign_up = |username: &'static str, secret: &str| {
        let call = sdk.sign_up().client_id(&id).username(username).password(PASSWORD);
        call.secret_hash(hash(&id, secret, username))
    };
    sign_up("ann", &first).send().await.expect("the first");
    sign_up("bob", &second).send().await.expect("the second");
    let wrong = format!("Unable to verify secret hash for client {id}");
    refused!(sign_up("eve", "another"), is_not_authorized_exception, wrong.as_str());

    let describe = || async {
        let described = sdk.describe_user_pool_client().user_pool_id(&pool).client_id(&id).send().await;
        described.expect("described").user_pool_client.expect("told").client_secret
    };
    assert_eq!(describe().await.as_deref(), Some(first.as_str()));
    let delete = |secret: &str| {
        sdk.delete_user_pool_client_secret().user_pool_id(&pool).client_id(&id).client_secret_id(secret)
    };
    let [one, other] = <[String; 2]>::try_from(list().await).expect("two");
    delete(&one).send().await.expect("deleted");
    refused!(sign_up("eve", &first), is_not_authorized_exception, wrong.as_str());
    sign_up("carl", &second).send().await.expect("the second is still good");
    assert_eq!(describe().await, None, "no other takes its place");
    let text = format!("Client secret {one} does not exist.");
    refused!(delete(&one), is_resource_not_found_exception, text.as_str());
    let text = "The last secret of a client cannot be deleted.";
    refused!(delete(&other), is_invalid_parameter_exception, text);
    assert_eq!(list().await, [other]);
}

#[tokio::test]
async fn a_secret_that_was_sent_is_not_told() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let (id, _) = secretive(&house, &pool).await;
    let own = "0123456789abcdefghijklmn";
    let add = || house.sdk.add_user_pool_client_secret().user_pool_id(&pool).client_id(&id);
    let added = add().client_secret(own).send().await.expect("added").client_secret_descriptor.expect("told");
    assert_eq!(added.client_secret_value, None);
    let sign_up = house.sdk.sign_up().client_id(&id).username("ann").password(PASSWORD);
    sign_up.secret_hash(hash(&id, own, "ann")).send().await.expect("signed up");
}

#[tokio::test]
async fn a_client_without_a_secret_stays_so() {
    let house = House::new().await;
    let place = house.place().await;
    let add = house.sdk.add_user_pool_client_secret().user_pool_id(&place.pool).client_id(&place.client);
    let text = "The client was created without a secret and cannot get one.";
    refused!(add, is_invalid_parameter_exception, text);
    let list = house.sdk.list_user_pool_client_secrets().user_pool_id(&place.pool).client_id(&place.client);
    assert_eq!(list.send().await.expect("listed").client_secrets().len(), 0);
    let delete = house.sdk.delete_user_pool_client_secret().user_pool_id(&place.pool);
    let delete = delete.client_id(&place.client).client_secret_id("nope");
    refused!(delete, is_resource_not_found_exception, "Client secret nope does not exist.");
    let unknown = house.sdk.add_user_pool_client_secret().user_pool_id(&place.pool).client_id("nope");
    refused!(unknown, is_resource_not_found_exception, "User pool client nope does not exist.");
    let list = house.sdk.list_user_pool_client_secrets().user_pool_id(&place.pool).client_id(&place.client);
    refused!(list.next_token("x"), is_invalid_parameter_exception, "Invalid pagination token.");
}
