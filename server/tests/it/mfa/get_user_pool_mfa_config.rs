//! GetUserPoolMfaConfig.

use aws_sdk_cognitoidentityprovider::types::UserPoolMfaType;

use crate::support::{TestServer, assert_refused, mfa::sms, sign_in::SignInFixture};

#[tokio::test]
async fn get_user_pool_mfa_config_of_new_pool_is_off() {
    let server = TestServer::new().await;
    let pool = server.pool_and_client().await.pool;
    let told = server.sdk.get_user_pool_mfa_config().user_pool_id(&pool).send().await.expect("told");
    assert_eq!(told.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert!(told.software_token_mfa_configuration.is_none() && told.sms_mfa_configuration.is_none());
    assert!(told.email_mfa_configuration.is_none());
}

#[tokio::test]
async fn get_user_pool_mfa_config_returns_what_was_set() {
    let fixture = SignInFixture::new().await;
    let set = fixture.set_mfa(UserPoolMfaType::Optional).sms_mfa_configuration(sms());
    let set = set.send().await.expect("set");
    let get = fixture.server.sdk.get_user_pool_mfa_config().user_pool_id(&fixture.ids.pool);
    let told = get.send().await.expect("told");
    assert_eq!(told.mfa_configuration(), Some(&UserPoolMfaType::Optional));
    assert_eq!(told.sms_mfa_configuration(), Some(&sms()));
    assert_eq!(told.software_token_mfa_configuration(), set.software_token_mfa_configuration());
}

#[tokio::test]
async fn get_user_pool_mfa_config_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let get = server.sdk.get_user_pool_mfa_config().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(get, is_resource_not_found_exception, text);
}
