//! AdminConfirmSignUp.

use aws_sdk_cognitoidentityprovider::types::UserStatusType;

use super::CONFIRMED;
use crate::support::{TestServer, assert_refused};

#[tokio::test]
async fn admin_confirm_sign_up_confirms_without_code_and_verifies_nothing() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let confirm = || server.sdk.admin_confirm_sign_up().user_pool_id(&ids.pool).username("bob");
    confirm().client_metadata("key", "value").send().await.expect("confirmed");
    let (status, verified) = server.status_and_attribute(&ids.pool, "bob", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("false")));
    assert_refused!(confirm(), is_not_authorized_exception, CONFIRMED);
    let confirm = || server.sdk.confirm_sign_up().client_id(&ids.client).username("bob");
    assert_refused!(confirm().confirmation_code("nonsense"), is_not_authorized_exception, CONFIRMED);
}

#[tokio::test]
async fn admin_confirm_sign_up_with_unknown_user_or_pool_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let confirm = |pool: &str| server.sdk.admin_confirm_sign_up().user_pool_id(pool).username("unknown");
    assert_refused!(confirm(&ids.pool), is_user_not_found_exception, "User does not exist.");
    let unknown = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(confirm("us-east-1_nowhere"), is_resource_not_found_exception, unknown);
}

#[tokio::test]
async fn admin_confirm_sign_up_with_malformed_pool_id_is_refused() {
    let server = TestServer::new().await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id("YOUR-USER-POOL-ID").username("ann");
    let text = "1 validation error detected: Value 'YOUR-USER-POOL-ID' at 'userPoolId' failed to satisfy \
                constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+";
    assert_refused!(confirm, is_invalid_parameter_exception, text);
}
