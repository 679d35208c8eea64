//! AdminSetUserSettings.

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType as Name;

use super::{sms_fixture, sms_option};
use crate::support::{PASSWORD, assert_refused};

#[tokio::test]
async fn admin_set_user_settings_turns_sms_on_and_off() {
    let fixture = sms_fixture(true).await;
    let sdk = &fixture.server.sdk;
    let token = fixture.access_token().await;
    let admin = || sdk.admin_set_user_settings().user_pool_id(&fixture.ids.pool).username("ann");
    admin().mfa_options(sms_option()).send().await.expect("turned on");
    let output = sdk.get_user().access_token(&token).send().await.expect("an output");
    assert_eq!(output.user_mfa_setting_list(), ["SMS_MFA"]);
    assert_eq!(output.mfa_options().len(), 1);
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::SmsMfa));
    admin().set_mfa_options(Some(Vec::new())).send().await.expect("turned off");
    fixture.access_token().await;
}

#[tokio::test]
async fn admin_set_user_settings_of_unknown_user_is_refused() {
    let fixture = sms_fixture(false).await;
    let unknown_user = fixture.server.sdk.admin_set_user_settings().user_pool_id(&fixture.ids.pool);
    let unknown_user = unknown_user.username("unknown").set_mfa_options(Some(Vec::new()));
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
}
