//! VerifySoftwareToken.

use aws_sdk_cognitoidentityprovider::types::{UserPoolMfaType, VerifySoftwareTokenResponseType};

use crate::support::{assert_refused, different_code, sign_in::SignInFixture};

#[tokio::test]
async fn verify_software_token_without_secret_is_refused() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let verify = fixture.server.sdk.verify_software_token().access_token(fixture.access_token().await);
    let text = "Software Token MFA does not exist for the user.";
    assert_refused!(verify.user_code("000000"), is_software_token_mfa_not_found_exception, text);
}

#[tokio::test]
async fn verify_software_token_without_token_and_session_is_refused() {
    let fixture = SignInFixture::new().await;
    let verify = fixture.server.sdk.verify_software_token().user_code("000000");
    let text = "Either an access token or a session is required.";
    assert_refused!(verify, is_invalid_parameter_exception, text);
}

#[tokio::test]
async fn verify_software_token_with_right_code_after_a_wrong_one_succeeds() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let (sdk, token) = (&fixture.server.sdk, fixture.access_token().await);
    let associated = sdk.associate_software_token().access_token(&token).send().await.expect("associated");
    let code = fixture.totp_code(&associated.secret_code.expect("a secret"));
    let verify = |code: &str| sdk.verify_software_token().access_token(&token).user_code(code);
    let wrong = verify(different_code(&code));
    assert_refused!(
        wrong,
        is_enable_software_token_mfa_exception,
        "Code mismatch and fail enable Software Token MFA"
    );
    let verified = verify(&code).friendly_device_name("phone").send().await.expect("verified");
    assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
}
