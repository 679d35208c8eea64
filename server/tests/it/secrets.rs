//! App clients with a secret: the hash right, wrong and missing.

use lido_domain::{id::ClientId, secret::Secret, secret_hash::secret_hash};

use crate::support::{House, PASSWORD, attribute, refused};

/// What a client with `secret` sends for `username`.
pub(crate) fn hash(client: &str, secret: &str, username: &str) -> String {
    secret_hash(&ClientId::new(client), &Secret::new(secret), username)
}

#[tokio::test]
async fn every_public_operation_wants_the_hash() {
    let house = House::new().await;
    let place = house.place().await;
    let made = house.sdk.create_user_pool_client().user_pool_id(&place.pool).client_name("secretive");
    let made = made.generate_secret(true).send().await.expect("a client").user_pool_client.expect("told");
    let (id, secret) = (made.client_id.expect("an id"), made.client_secret.expect("a secret"));
    let missing = format!("Client {id} is configured with secret but SECRET_HASH was not received");
    let wrong = format!("Unable to verify secret hash for client {id}");
    let right = hash(&id, &secret, "ann");
    let of_another = hash(&id, &secret, "bob");

    let sign_up = || {
        let call = house.sdk.sign_up().client_id(&id).username("ann").password(PASSWORD);
        call.user_attributes(attribute("email", "ann@example.com"))
    };
    refused!(sign_up(), is_not_authorized_exception, missing.as_str());
    refused!(sign_up().secret_hash(&of_another), is_not_authorized_exception, wrong.as_str());
    sign_up().secret_hash(&right).send().await.expect("signed up");

    let resend = || house.sdk.resend_confirmation_code().client_id(&id).username("ann");
    refused!(resend(), is_not_authorized_exception, missing.as_str());
    refused!(resend().secret_hash("bm9uc2Vuc2U="), is_not_authorized_exception, wrong.as_str());
    resend().secret_hash(&right).send().await.expect("resent");

    let code = house.code_of("ann");
    let confirm = || house.sdk.confirm_sign_up().client_id(&id).username("ann").confirmation_code(&code);
    refused!(confirm(), is_not_authorized_exception, missing.as_str());
    refused!(confirm().secret_hash(&of_another), is_not_authorized_exception, wrong.as_str());
    confirm().secret_hash(&right).send().await.expect("confirmed");
}

#[tokio::test]
async fn a_client_without_a_secret_ignores_a_hash() {
    let house = House::new().await;
    let place = house.place().await;
    let call = house.sdk.sign_up().client_id(&place.client).username("ann").password(PASSWORD);
    call.secret_hash("bm9uc2Vuc2U=").send().await.expect("signed up");
}
