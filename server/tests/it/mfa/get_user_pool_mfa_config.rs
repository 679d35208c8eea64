//! GetUserPoolMfaConfig.

use aws_sdk_cognitoidentityprovider::types::UserPoolMfaType;

use crate::support::{TestServer, assert_refused, mfa::sms_mfa_config, sign_in::SignInFixture};

#[tokio::test]
async fn get_user_pool_mfa_config_of_new_pool_is_off() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let output = server.sdk.get_user_pool_mfa_config().user_pool_id(&pool).send().await.expect("an output");
    assert_eq!(output.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert!(output.software_token_mfa_configuration.is_none() && output.sms_mfa_configuration.is_none());
    assert!(output.email_mfa_configuration.is_none());
}

#[tokio::test]
async fn get_user_pool_mfa_config_returns_the_set_configuration() {
    let fixture = SignInFixture::new().await;
    let set = fixture.set_mfa(UserPoolMfaType::Optional).sms_mfa_configuration(sms_mfa_config());
    let set = set.send().await.expect("set");
    let get = fixture.server.sdk.get_user_pool_mfa_config().user_pool_id(&fixture.ids.pool);
    let output = get.send().await.expect("an output");
    assert_eq!(output.mfa_configuration(), Some(&UserPoolMfaType::Optional));
    assert_eq!(output.sms_mfa_configuration(), Some(&sms_mfa_config()));
    assert_eq!(output.software_token_mfa_configuration(), set.software_token_mfa_configuration());
}

#[tokio::test]
async fn get_user_pool_mfa_config_of_unknown_pool_is_refused() {
    let server = TestServer::new().await;
    let get = server.sdk.get_user_pool_mfa_config().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    assert_refused!(get, is_resource_not_found_exception, text);
}
