//! SetUserMFAPreference.

use aws_sdk_cognitoidentityprovider::types::{SmsMfaSettingsType, UserPoolMfaType};

use crate::support::{assert_refused, mfa::software_token_settings, sign_in::SignInFixture};

#[tokio::test]
async fn set_user_mfa_preference_turns_the_factor_on_and_off() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let (token, _) = fixture.set_up_software_token().await;
    let prefer = |enabled| {
        let call = fixture.server.sdk.set_user_mfa_preference().access_token(&token);
        call.software_token_mfa_settings(software_token_settings(enabled, enabled))
    };
    prefer(true).send().await.expect("turned on");
    let name = "SOFTWARE_TOKEN_MFA".to_owned();
    assert_eq!(fixture.mfa_settings().await, (vec![name.clone()], Some(name), false));
    prefer(false).send().await.expect("turned off");
    assert_eq!(fixture.mfa_settings().await, (vec![], None, false));
}

#[tokio::test]
async fn set_user_mfa_preference_with_factor_not_set_up_is_refused() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let prefer = fixture.server.sdk.set_user_mfa_preference().access_token(fixture.access_token().await);
    let by_token = prefer.clone().software_token_mfa_settings(software_token_settings(true, true));
    let text = "User has not set up software token mfa"; // pub-0015
    assert_refused!(by_token.clone(), is_invalid_parameter_exception, text);
    let text = "User does not have a phone_number set to turn on SMS MFA"; // pub-0017
    let by_sms = prefer.sms_mfa_settings(SmsMfaSettingsType::builder().enabled(true).build());
    assert_refused!(by_sms, is_invalid_parameter_exception, text);

    let associate = fixture.server.sdk.associate_software_token();
    associate.access_token(fixture.access_token().await).send().await.expect("associated");
    let text = "User has not verified software token mfa"; // pub-0016
    assert_refused!(by_token, is_invalid_parameter_exception, text);
    let text = "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA"; // cog-0393
    let by_admin = fixture.server.sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool);
    let by_admin = by_admin.username("ann").software_token_mfa_settings(software_token_settings(true, true));
    assert_refused!(by_admin, is_invalid_parameter_exception, text);
}
