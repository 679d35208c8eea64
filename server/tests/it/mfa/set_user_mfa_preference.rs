//! SetUserMFAPreference.

use aws_sdk_cognitoidentityprovider::types::UserPoolMfaType;

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
    let prefer = prefer.software_token_mfa_settings(software_token_settings(true, true));
    let text = "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
    assert_refused!(prefer, is_invalid_parameter_exception, text);
}
