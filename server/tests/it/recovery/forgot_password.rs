//! ForgotPassword.

use aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes;

use super::confirmed;
use crate::support::{TestServer, assert_refused, attribute};

#[tokio::test]
async fn forgot_password_without_verified_contact_or_in_wrong_state_is_refused() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let forgot = |name: &str| server.sdk.forgot_password().client_id(&ids.client).username(name);
    assert_refused!(
        forgot("nobody"),
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
async fn forgot_password_with_hiding_client_returns_success_for_everybody() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let made = server.sdk.create_user_pool_client().user_pool_id(&ids.pool).client_name("hides");
    let made = made.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled).send().await;
    let client = made.expect("made").user_pool_client.and_then(|client| client.client_id).expect("an id");
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let before = server.codes_of("ann").len();
    for name in ["nobody", "ann", "somebody@example.org"] {
        let sent = server.sdk.forgot_password().client_id(&client).username(name).send().await;
        let sent = sent.expect("told of success").code_delivery_details.expect("told");
        // cog-0329, cog-0356, cog-0358
        assert_eq!(sent.destination(), Some("u***@y***"), "{name}");
        assert_eq!(sent.attribute_name(), Some("email"));
    }
    assert_eq!(server.codes_of("ann").len(), before);
}

#[tokio::test]
async fn forgot_password_sends_a_code_to_the_verified_contact() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    confirmed(&server, &ids, "ann").await;
    let forgot = server.sdk.forgot_password().client_id(&ids.client).username("ann");
    let sent = forgot.send().await.expect("sent").code_delivery_details.expect("told");
    assert_eq!((sent.destination(), sent.attribute_name()), (Some("a***@e***"), Some("email")));
    assert_eq!(server.codes_of("ann").len(), 2, "one for signing up, and one now");
}
