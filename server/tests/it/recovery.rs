//! A forgotten password, and how to come to a new one.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    PasswordPolicyType, PreventUserExistenceErrorTypes, UserPoolPolicyType, UserStatusType,
    VerifiedAttributeType,
};
use serde_json::{Value, json};

use crate::support::{House, PASSWORD, Place, attribute, id_of, other_than, refused};

const NEXT: &str = "Passw0rd?";

/// A confirmed user with a verified e-mail address.
async fn confirmed(house: &House, place: &Place, username: &str) {
    house.sign_up(&place.client, username, &format!("{username}@example.com")).await;
    let code = house.code_of(username);
    let call = house.sdk.confirm_sign_up().client_id(&place.client).username(username);
    call.confirmation_code(code).send().await.expect("confirmed");
}

#[tokio::test]
async fn a_code_leads_to_a_new_password() {
    let house = House::new().await;
    let place = house.place().await;
    confirmed(&house, &place, "ann").await;
    let forgot = || house.sdk.forgot_password().client_id(&place.client).username("ann");
    let sent = forgot().send().await.expect("sent").code_delivery_details.expect("told");
    assert_eq!((sent.destination(), sent.attribute_name()), (Some("a***@e***"), Some("email")));
    let code = house.code_of("ann");
    let confirm = |code: &str, password: &str| {
        let call = house.sdk.confirm_forgot_password().client_id(&place.client).username("ann");
        call.confirmation_code(code).password(password)
    };
    refused!(
        confirm(other_than(&code), NEXT),
        is_code_mismatch_exception,
        "Invalid verification code provided, please try again." // cog-0311
    );
    refused!(
        confirm(&code, "password"),
        is_invalid_password_exception,
        "Password does not conform to policy: Password must have uppercase characters"
    );
    confirm(&code, NEXT).send().await.expect("set");
    refused!(
        confirm(&code, NEXT),
        is_expired_code_exception,
        "Invalid code provided, please request a code again."
    );
    assert_eq!(house.user(&place.pool, "ann", "email").await.0, UserStatusType::Confirmed);

    // An hour later a code is no longer good.
    forgot().send().await.expect("sent");
    let code = house.code_of("ann");
    house.app.clock.advance(Duration::from_secs(60 * 60));
    refused!(
        confirm(&code, NEXT),
        is_expired_code_exception,
        "Invalid code provided, please request a code again."
    );
}

#[tokio::test]
async fn a_password_has_no_blanks_at_its_ends() {
    let house = House::new().await;
    let place = house.place().await;
    let input = json!({
        "ClientId": place.client, "Username": "ann", "ConfirmationCode": "123456", "Password": "Passw0rd! ",
    });
    let answer = house.post("ConfirmForgotPassword", &input).await;
    let text = "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy \
                regular expression pattern: ^[\\S]+.*[\\S]+$";
    let told: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(told, json!({"__type": "InvalidParameterException", "message": text})); // cog-0377
}

#[tokio::test]
async fn an_administrators_reset_ends_with_a_new_password() {
    let house = House::new().await;
    let place = house.place().await;
    confirmed(&house, &place, "ann").await;
    let reset = house.sdk.admin_reset_user_password().user_pool_id(&place.pool).username("ann");
    reset.send().await.expect("reset");
    assert_eq!(house.user(&place.pool, "ann", "email").await.0, UserStatusType::ResetRequired);
    let call = house.sdk.confirm_forgot_password().client_id(&place.client).username("ann");
    call.confirmation_code(house.code_of("ann")).password(NEXT).send().await.expect("set");
    assert_eq!(house.user(&place.pool, "ann", "email").await.0, UserStatusType::Confirmed);
}

#[tokio::test]
async fn who_is_sent_no_code() {
    let house = House::new().await;
    let place = house.place().await;
    let forgot = |name: &str| house.sdk.forgot_password().client_id(&place.client).username(name);
    refused!(
        forgot("nobody"),
        is_user_not_found_exception,
        "Username/client id combination not found." // cog-0327, cog-0357
    );
    let call = house.sdk.confirm_forgot_password().client_id(&place.client).username("nobody");
    refused!(
        call.confirmation_code("123456").password(NEXT),
        is_user_not_found_exception,
        "Username/client id combination not found."
    );
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    refused!(
        forgot("ann"),
        is_invalid_parameter_exception,
        // cog-0331
        "Cannot reset password for the user as there is no registered/verified email or phone_number"
    );
    let invited = house.sdk.admin_create_user().user_pool_id(&place.pool).username("bob");
    let invited = invited.user_attributes(attribute("email", "bob@example.com"));
    invited.user_attributes(attribute("email_verified", "true")).send().await.expect("invited");
    refused!(
        forgot("bob"),
        is_not_authorized_exception,
        "User password cannot be reset in the current state." // cog-0330
    );
    refused!(
        forgot("bob").client_id("unknown"),
        is_resource_not_found_exception,
        "User pool client unknown does not exist." // cog-0332
    );
}

#[tokio::test]
async fn a_client_that_hides_users_tells_of_success_and_of_wrong_codes() {
    let house = House::new().await;
    let place = house.place().await;
    let made = house.sdk.create_user_pool_client().user_pool_id(&place.pool).client_name("hides");
    let made = made.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled).send().await;
    let client = made.expect("made").user_pool_client.and_then(|client| client.client_id).expect("an id");
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let before = house.codes_of("ann").len();
    for name in ["nobody", "ann", "somebody@example.org"] {
        let sent = house.sdk.forgot_password().client_id(&client).username(name).send().await;
        let sent = sent.expect("told of success").code_delivery_details.expect("told");
        // cog-0329, cog-0356, cog-0358
        assert_eq!(sent.destination(), Some("u***@y***"), "{name}");
        assert_eq!(sent.attribute_name(), Some("email"));
    }
    assert_eq!(house.codes_of("ann").len(), before);
    let call = house.sdk.confirm_forgot_password().client_id(&client).username("nobody");
    refused!(
        call.confirmation_code("123456").password(NEXT),
        is_code_mismatch_exception,
        "Invalid verification code provided, please try again." // cog-0307
    );
}

#[tokio::test]
async fn asking_and_guessing_have_one_limit() {
    let house = House::new().await;
    let place = house.place().await;
    confirmed(&house, &place, "ann").await;
    house.sdk.forgot_password().client_id(&place.client).username("ann").send().await.expect("sent");
    let wrong = other_than(&house.code_of("ann"));
    let guess = || {
        let call = house.sdk.confirm_forgot_password().client_id(&place.client).username("ann");
        call.confirmation_code(wrong).password(NEXT)
    };
    for _ in 0..19 {
        let refusal = guess().send().await.expect_err("wrong").into_service_error();
        assert!(refusal.is_code_mismatch_exception(), "{refusal:?}");
    }
    let text = "Attempt limit exceeded, please try after some time."; // cog-0308, cog-0312
    refused!(guess(), is_limit_exceeded_exception, text);
    let forgot = house.sdk.forgot_password().client_id(&place.client).username("ann");
    refused!(forgot, is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn a_former_password_does_not_come_back() {
    let house = House::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let made = house.sdk.create_user_pool().pool_name("p").policies(policies);
    let made = made.auto_verified_attributes(VerifiedAttributeType::Email).send().await.expect("made");
    let pool = id_of(made.user_pool());
    let client = house.client_in(&pool).await;
    let place = Place { pool, client };
    confirmed(&house, &place, "ann").await;
    let forgot = house.sdk.forgot_password().client_id(&place.client).username("ann");
    forgot.send().await.expect("sent");
    let confirm = |code: String, password: &str| {
        let call = house.sdk.confirm_forgot_password().client_id(&place.client).username("ann");
        call.confirmation_code(code).password(password)
    };
    let refusal = confirm(house.code_of("ann"), PASSWORD).send().await.expect_err("used before");
    assert!(refusal.into_service_error().is_password_history_policy_violation_exception());
    confirm(house.code_of("ann"), NEXT).send().await.expect("the code is still good");
}
