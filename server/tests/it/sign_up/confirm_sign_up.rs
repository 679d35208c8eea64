//! ConfirmSignUp.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AnalyticsMetadataType, ExplicitAuthFlowsType, UserContextDataType, UserStatusType,
};

use super::{EXPIRED, LIMITED, MISMATCH, alias_pool};
use crate::support::{TestServer, assert_refused, attribute, different_code, pool_id_of, secret_hash};

#[tokio::test]
async fn confirm_sign_up_with_every_member_succeeds() {
    let server = TestServer::new().await;
    let mut ids = server.create_pool_and_client().await;
    let create = server.sdk.create_user_pool_client().user_pool_id(&ids.pool).client_name("with secret");
    let create = create.generate_secret(true).explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth);
    let created = create.send().await.expect("a client").user_pool_client.expect("a description");
    ids.client = created.client_id.expect("an id");
    let hash = secret_hash(&ids.client, &created.client_secret.expect("a secret"), "ann");
    let sign_up = server.sdk.sign_up().client_id(&ids.client).username("ann").password("Passw0rd!");
    let sign_up = sign_up.secret_hash(&hash).user_attributes(attribute("email", "ann@example.com"));
    let signed_up = sign_up.send().await.expect("signed up");
    assert!(!signed_up.user_confirmed);
    assert_eq!(
        server.status_and_attribute(&ids.pool, "ann", "email_verified").await.1.as_deref(),
        Some("false")
    );

    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).secret_hash(&hash).username("ann");
    let confirm = confirm
        .confirmation_code(server.code_of("ann"))
        .force_alias_creation(false)
        .analytics_metadata(AnalyticsMetadataType::builder().analytics_endpoint_id("endpoint").build())
        .user_context_data(UserContextDataType::builder().encoded_data("data").build())
        .client_metadata("key", "value")
        .session(signed_up.session.expect("a session, because USER_AUTH is allowed"));
    let confirmed = confirm.send().await.expect("confirmed");
    assert!(confirmed.session.is_some_and(|session| session.len() >= 20));
    let (status, verified) = server.status_and_attribute(&ids.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));
}

#[tokio::test]
async fn confirm_sign_up_with_wrong_codes_is_refused_and_limited() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let code = server.code_of("ann");
    let confirm = |code: &str| {
        server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(code)
    };
    for wrong in [different_code(&code), "123", "1234567", "nonsense"] {
        assert_refused!(confirm(wrong), is_code_mismatch_exception, MISMATCH);
    }
    for _ in 4..15 {
        assert_refused!(confirm("nonsense"), is_code_mismatch_exception, MISMATCH);
    }
    assert_refused!(confirm(&code), is_limit_exceeded_exception, LIMITED);
    server.app.clock.advance(Duration::from_secs(60 * 60));
    confirm(&code).send().await.expect("the limit ends after an hour");
}

#[tokio::test]
async fn confirm_sign_up_with_expired_code_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let code = server.code_of("ann");
    let confirm =
        || server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(&code);
    assert_refused!(confirm(), is_expired_code_exception, EXPIRED);
}

#[tokio::test]
async fn confirm_sign_up_with_foreign_session_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann");
    let confirm = confirm.confirmation_code(server.code_of("ann")).session("a session that was never issued");
    assert_refused!(confirm, is_not_authorized_exception, "Invalid session for the user.");
}

#[tokio::test]
async fn confirm_sign_up_with_taken_alias_is_refused_unless_forced() {
    let server = TestServer::new().await;
    let ids = alias_pool(&server).await;
    for username in ["ann", "eve"] {
        server.sign_up(&ids.client, username, "one@example.com").await;
    }
    let confirm = |username: &str| {
        let call = server.sdk.confirm_sign_up().client_id(&ids.client).username(username);
        call.confirmation_code(server.code_of(username))
    };
    confirm("ann").send().await.expect("confirmed");
    let (status, verified) =
        server.status_and_attribute(&ids.pool, "one@example.com", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));

    let text = "An account with the given email already exists.";
    assert_refused!(confirm("eve"), is_alias_exists_exception, text);
    assert_refused!(confirm("eve").force_alias_creation(false), is_alias_exists_exception, text);
    confirm("eve").force_alias_creation(true).send().await.expect("the code is still valid");
    let holder = server.sdk.admin_get_user().user_pool_id(&ids.pool).username("one@example.com");
    assert_eq!(holder.send().await.expect("present").username, "eve");
    let (status, verified) = server.status_and_attribute(&ids.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("false")));
}

#[tokio::test]
async fn confirm_sign_up_by_unverified_alias_is_refused() {
    let server = TestServer::new().await;
    let ids = alias_pool(&server).await;
    server.sign_up(&ids.client, "ann", "one@example.com").await;
    let call = server.sdk.confirm_sign_up().client_id(&ids.client).username("one@example.com");
    let call = call.confirmation_code(server.code_of("ann"));
    assert_refused!(call, is_user_not_found_exception, "Username/client id combination not found.");
}

#[tokio::test]
async fn confirm_sign_up_with_unknown_user_or_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let confirm = |client: &str| {
        server.sdk.confirm_sign_up().client_id(client).username("unknown").confirmation_code("123456")
    };
    let unknown_user = "Username/client id combination not found.";
    assert_refused!(confirm(&ids.client), is_user_not_found_exception, unknown_user);
    let unknown = "User pool client none does not exist.";
    assert_refused!(confirm("none"), is_resource_not_found_exception, unknown);
}

#[tokio::test]
async fn confirm_sign_up_in_pool_that_verifies_nothing_has_no_code() {
    let server = TestServer::new().await;
    let created = server.sdk.create_user_pool().pool_name("p").send().await.expect("a pool");
    let client = server.create_client(&pool_id_of(created.user_pool())).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let confirm = server.sdk.confirm_sign_up().client_id(&client).username("ann").confirmation_code("123456");
    assert_refused!(confirm, is_expired_code_exception, EXPIRED);
}

#[tokio::test]
async fn confirm_sign_up_with_invalid_input_is_refused() {
    let server = TestServer::new().await;
    let confirm = server.sdk.confirm_sign_up().client_id("c").username("ann").confirmation_code("12 34");
    let text = "1 validation error detected: Value '12 34' at 'confirmationCode' failed to satisfy constraint: \
                Member must satisfy regular expression pattern: [\\S]+";
    assert_refused!(confirm, is_invalid_parameter_exception, text);
    let missing = server.sdk.confirm_sign_up().client_id("c").username("ann");
    let text = "1 validation error detected: Value null at 'confirmationCode' failed to satisfy constraint: \
                Member must not be null";
    assert_refused!(missing, is_invalid_parameter_exception, text);
}
