//! AdminSetUserMFAPreference.

use aws_sdk_cognitoidentityprovider::types::{SmsMfaSettingsType, UserPoolMfaType};

use super::sms_fixture;
use crate::support::{assert_refused, mfa::software_token_settings, sign_in::SignInFixture};

#[tokio::test]
async fn admin_set_user_mfa_preference_turns_the_factor_on_and_off() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    fixture.set_up_software_token().await;
    let prefer = |enabled| {
        let call = fixture.server.sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool);
        call.username("ann").software_token_mfa_settings(software_token_settings(enabled, enabled))
    };
    prefer(true).send().await.expect("turned on");
    let name = "SOFTWARE_TOKEN_MFA".to_owned();
    assert_eq!(fixture.mfa_settings().await, (vec![name.clone()], Some(name), false));
    prefer(false).send().await.expect("turned off");
    assert_eq!(fixture.mfa_settings().await, (vec![], None, false));
}

#[tokio::test]
async fn admin_set_user_mfa_preference_of_user_without_phone_number_is_refused() {
    let fixture = sms_fixture(false).await;
    let prefer = fixture.server.sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool);
    let by_sms = SmsMfaSettingsType::builder().enabled(true).build();
    let prefer = prefer.sms_mfa_settings(by_sms);
    let text = "User does not have delivery config set to turn on SMS_MFA";
    assert_refused!(prefer.clone().username("ann"), is_invalid_parameter_exception, text);
    let unknown_user = prefer.username("unknown");
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
}
