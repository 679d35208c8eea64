//! ForgotPassword.

use aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes;

use serde_json::json;

use super::sign_up_and_confirm;
use crate::support::{TestServer, assert_refused, attribute};

#[tokio::test]
async fn forgot_password_without_verified_contact_or_in_wrong_state_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let forgot = |name: &str| server.sdk.forgot_password().client_id(&ids.client).username(name);
    assert_refused!(
        forgot("unknown"),
        is_user_not_found_exception,
        "Username/client id combination not found." // cog-0327, cog-0357
    );
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    assert_refused!(
        forgot("ann"),
        is_invalid_parameter_exception,
        // cog-0331
        "Cannot reset password for the user as there is no registered/verified email or phone_number"
    );
    let invited = server.sdk.admin_create_user().user_pool_id(&ids.pool).username("bob");
    let invited = invited.user_attributes(attribute("email", "bob@example.com"));
    invited.user_attributes(attribute("email_verified", "true")).send().await.expect("invited");
    assert_refused!(
        forgot("bob"),
        is_not_authorized_exception,
        "User password cannot be reset in the current state." // cog-0330
    );
    assert_refused!(
        forgot("bob").client_id("unknown"),
        is_resource_not_found_exception,
        "User pool client unknown does not exist." // cog-0332
    );
}

#[tokio::test]
async fn forgot_password_with_hiding_client_succeeds_for_any_username() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let create = server.sdk.create_user_pool_client().user_pool_id(&ids.pool).client_name("hides");
    let created = create.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled).send().await;
    let client =
        created.expect("created").user_pool_client.and_then(|client| client.client_id).expect("an id");
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let before = server.codes_of("ann").len();
    for name in ["unknown", "ann", "eve@example.org"] {
        let sent = server.sdk.forgot_password().client_id(&client).username(name).send().await;
        let sent = sent.expect("a success").code_delivery_details.expect("delivery details");
        // cog-0329, cog-0356, cog-0358
        assert_eq!(sent.destination(), Some("u***@y***"), "{name}");
        assert_eq!(sent.attribute_name(), Some("email"));
    }
    assert_eq!(server.codes_of("ann").len(), before);
}

/// cog-0356.
#[tokio::test]
async fn forgot_password_with_hiding_client_answers_the_recorded_body() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let client = server.create_client_with(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    let answer =
        server.post_unsigned("ForgotPassword", &json!({ "ClientId": client, "Username": "unknown" })).await;
    let body = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"u***@y***"}}"#;
    assert_eq!((answer.status, answer.body.as_str()), (200, body));
    assert_eq!(answer.header("content-length"), "100");
    assert_eq!(answer.header("content-type"), "application/x-amz-json-1.1");
}

#[tokio::test]
async fn forgot_password_sends_a_code_to_the_verified_contact() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up_and_confirm(&server, &ids, "ann").await;
    let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
    let sent = forgot.send().await.expect("sent").code_delivery_details.expect("delivery details");
    assert_eq!((sent.destination(), sent.attribute_name()), (Some("a***@e***"), Some("email")));
    assert_eq!(server.codes_of("ann").len(), 2, "the code of the sign-up, and the new one");
}
