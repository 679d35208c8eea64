//! SetUserSettings.

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType as Name;

use super::{sms_fixture, sms_option};
use crate::support::{PASSWORD, assert_refused};

#[tokio::test]
async fn set_user_settings_of_user_without_phone_number_is_refused() {
    let fixture = sms_fixture(false).await;
    let set = fixture.server.sdk.set_user_settings().access_token(fixture.access_token().await);
    let set = set.mfa_options(sms_option());
    let no_phone = "User does not have delivery config set to turn on SMS_MFA";
    assert_refused!(set, is_invalid_parameter_exception, no_phone);
}

#[tokio::test]
async fn set_user_settings_turns_sms_on_and_off() {
    let fixture = sms_fixture(true).await;
    let token = fixture.access_token().await;
    let set = || fixture.server.sdk.set_user_settings().access_token(&token);
    set().mfa_options(sms_option()).send().await.expect("turned on");
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::SmsMfa));
    set().set_mfa_options(Some(Vec::new())).send().await.expect("turned off");
    fixture.access_token().await;
}
