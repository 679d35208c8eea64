//! PreventUserExistenceErrors: who is not there looks like somebody with another code.

use aws_sdk_cognitoidentityprovider::types::{DeliveryMediumType, PreventUserExistenceErrorTypes};

use crate::support::{House, refused};

async fn hiding_client(house: &House, pool: &str) -> String {
    let made = house.sdk.create_user_pool_client().user_pool_id(pool).client_name("hiding");
    let made = made.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    made.client_id.expect("an id")
}

#[tokio::test]
async fn an_unknown_name_gets_the_answers_of_a_known_one() {
    let house = House::new().await;
    let place = house.place().await;
    let client = hiding_client(&house, &place.pool).await;
    let confirm =
        || house.sdk.confirm_sign_up().client_id(&client).username("nobody").confirmation_code("123456");
    for _ in 0..15 {
        let text = "Invalid verification code provided, please try again.";
        refused!(confirm(), is_code_mismatch_exception, text);
    }
    let text = "Attempt limit exceeded, please try after some time.";
    refused!(confirm(), is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn a_resend_to_nobody_pretends_and_sends_nothing() {
    let house = House::new().await;
    let place = house.place().await;
    let client = hiding_client(&house, &place.pool).await;
    let resend = || house.sdk.resend_confirmation_code().client_id(&client).username("nobody@example.com");
    let mut told = Vec::new();
    for _ in 0..2 {
        told.push(resend().send().await.expect("pretended").code_delivery_details.expect("details"));
    }
    assert_eq!(told[0], told[1], "asking twice shows the same");
    assert_eq!(told[0].destination(), Some("n***@e***"));
    assert_eq!(told[0].delivery_medium, Some(DeliveryMediumType::Email));
    assert!(house.app.inbox.as_ref().expect("an inbox").messages(&Default::default()).is_empty());
}

#[tokio::test]
async fn a_taken_name_is_told_at_sign_up_all_the_same() {
    let house = House::new().await;
    let place = house.place().await;
    let client = hiding_client(&house, &place.pool).await;
    house.sign_up(&client, "ann", "ann@example.com").await;
    let again = house.sdk.sign_up().client_id(&client).username("ann").password("Passw0rd!");
    refused!(again, is_username_exists_exception, "User already exists");
}
