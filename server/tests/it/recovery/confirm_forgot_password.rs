//! ConfirmForgotPassword.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    PasswordPolicyType, PreventUserExistenceErrorTypes, UserPoolPolicyType, UserStatusType,
    VerifiedAttributeType,
};
use serde_json::{Value, json};

use super::{NEXT, sign_up_and_confirm};
use crate::support::{PASSWORD, PoolAndClient, TestServer, assert_refused, different_code, pool_id_of};

#[tokio::test]
async fn confirm_forgot_password_with_right_code_sets_the_password_once() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up_and_confirm(&server, &ids, "ann").await;
    let forgot = || server.sdk.forgot_password().client_id(&ids.client).username("ann");
    let sent = forgot().send().await.expect("sent").code_delivery_details.expect("delivery details");
    assert_eq!((sent.destination(), sent.attribute_name()), (Some("a***@e***"), Some("email")));
    let code = server.code_of("ann");
    let confirm = |code: &str, password: &str| {
        let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
        call.confirmation_code(code).password(password)
    };
    assert_refused!(
        confirm(different_code(&code), NEXT),
        is_code_mismatch_exception,
        "Invalid verification code provided, please try again." // cog-0311
    );
    assert_refused!(
        confirm(&code, "password"),
        is_invalid_password_exception,
        "Password does not conform to policy: Password must have uppercase characters"
    );
    confirm(&code, NEXT).send().await.expect("set");
    assert_refused!(
        confirm(&code, NEXT),
        is_expired_code_exception,
        "Invalid code provided, please request a code again."
    );
    assert_eq!(server.status_and_attribute(&ids.pool, "ann", "email").await.0, UserStatusType::Confirmed);

    // A code expires after an hour.
    forgot().send().await.expect("sent");
    let code = server.code_of("ann");
    server.app.clock.advance(Duration::from_secs(60 * 60));
    assert_refused!(
        confirm(&code, NEXT),
        is_expired_code_exception,
        "Invalid code provided, please request a code again."
    );
}

#[tokio::test]
async fn confirm_forgot_password_with_trailing_blank_in_password_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let input = json!({
        "ClientId": ids.client, "Username": "ann", "ConfirmationCode": "123456", "Password": "Passw0rd! ",
    });
    let response = server.post("ConfirmForgotPassword", &input).await;
    let text = "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy \
                regular expression pattern: ^[\\S]+.*[\\S]+$";
    let output: Value = serde_json::from_str(&response.body).expect("JSON");
    assert_eq!(output, json!({"__type": "InvalidParameterException", "message": text})); // cog-0377
}

#[tokio::test]
async fn confirm_forgot_password_after_reset_by_administrator_confirms_the_user() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up_and_confirm(&server, &ids, "ann").await;
    let reset = server.sdk.admin_reset_user_password().user_pool_id(&ids.pool).username("ann");
    reset.send().await.expect("reset");
    assert_eq!(server.status_and_attribute(&ids.pool, "ann", "email").await.0, UserStatusType::ResetRequired);
    let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
    call.confirmation_code(server.code_of("ann")).password(NEXT).send().await.expect("set");
    assert_eq!(server.status_and_attribute(&ids.pool, "ann", "email").await.0, UserStatusType::Confirmed);
}

#[tokio::test]
async fn confirm_forgot_password_and_forgot_password_share_the_attempt_limit() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up_and_confirm(&server, &ids, "ann").await;
    server.sdk.forgot_password().client_id(&ids.client).username("ann").send().await.expect("sent");
    let wrong = different_code(&server.code_of("ann"));
    let guess = || {
        let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
        call.confirmation_code(wrong).password(NEXT)
    };
    for _ in 0..19 {
        let refusal = guess().send().await.expect_err("wrong").into_service_error();
        assert!(refusal.is_code_mismatch_exception(), "{refusal:?}");
    }
    let text = "Attempt limit exceeded, please try after some time."; // cog-0308, cog-0312
    assert_refused!(guess(), is_limit_exceeded_exception, text);
    let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
    assert_refused!(forgot, is_limit_exceeded_exception, text);
}

#[tokio::test]
async fn confirm_forgot_password_with_former_password_is_refused_and_keeps_the_code() {
    let server = TestServer::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let create = server.sdk.create_user_pool().pool_name("p").policies(policies);
    let created =
        create.auto_verified_attributes(VerifiedAttributeType::Email).send().await.expect("created");
    let pool = pool_id_of(created.user_pool());
    let client = server.create_client(&pool).await;
    let ids = PoolAndClient { pool, client };
    sign_up_and_confirm(&server, &ids, "ann").await;
    let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
    forgot.send().await.expect("sent");
    let confirm = |code: String, password: &str| {
        let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
        call.confirmation_code(code).password(password)
    };
    let refusal = confirm(server.code_of("ann"), PASSWORD).send().await.expect_err("a refusal");
    assert!(refusal.into_service_error().is_password_history_policy_violation_exception());
    confirm(server.code_of("ann"), NEXT).send().await.expect("the code is still valid");
}

#[tokio::test]
async fn confirm_forgot_password_of_unknown_user_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("unknown");
    assert_refused!(
        call.confirmation_code("123456").password(NEXT),
        is_user_not_found_exception,
        "Username/client id combination not found."
    );
}

#[tokio::test]
async fn confirm_forgot_password_of_unknown_user_at_hiding_client_is_refused_like_a_wrong_code() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let create = server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("hides");
    let created = create.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled).send().await;
    let client =
        created.expect("created").user_pool_client.and_then(|client| client.client_id).expect("an id");
    let call = server.sdk.confirm_forgot_password().client_id(&client).username("unknown");
    assert_refused!(
        call.confirmation_code("123456").password(NEXT),
        is_code_mismatch_exception,
        "Invalid verification code provided, please try again." // cog-0307
    );
}

#[tokio::test]
async fn code_for_a_replaced_address_sets_no_password() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up_and_confirm(&server, &ids, "ann").await;
    let forgot = || server.sdk.forgot_password().client_id(&ids.client).username("ann");
    let confirm = |code: &str| {
        let call = server.sdk.confirm_forgot_password().client_id(&ids.client).username("ann");
        call.confirmation_code(code).password(NEXT)
    };
    forgot().send().await.expect("sent");
    let former = server.code_of("ann");
    let update = json!({
        "UserPoolId": ids.pool, "Username": "ann",
        "UserAttributes": [
            { "Name": "email", "Value": "new@example.com" }, { "Name": "email_verified", "Value": "true" },
        ],
    });
    server.expect_output("AdminUpdateUserAttributes", &update).await;
    assert_refused!(
        confirm(&former),
        is_expired_code_exception,
        "Invalid code provided, please request a code again."
    );
    forgot().send().await.expect("sent");
    confirm(&server.code_of("ann")).send().await.expect("the code for the new address is good");
}
