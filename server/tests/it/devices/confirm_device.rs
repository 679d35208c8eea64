//! ConfirmDevice.

use aws_sdk_cognitoidentityprovider::types::DeviceSecretVerifierConfigType;

use super::fixture_with_devices;
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE, sign_in::SignInFixture};

#[tokio::test]
async fn confirm_device_returns_whether_the_user_must_agree() {
    for (on_prompt, necessary) in [(false, false), (true, true)] {
        let fixture = SignInFixture::new().await;
        fixture.enable_device_tracking(true, on_prompt).await;
        let device = fixture.sign_in_on_new_device().await;
        let confirmed = fixture.confirm_device(&device).send().await.expect("confirmed");
        assert_eq!(confirmed.user_confirmation_necessary, necessary);
        let again = fixture.confirm_device(&device);
        assert_refused!(again, is_device_key_exists_exception, "Device already exists.");
    }
}

#[tokio::test]
async fn confirm_device_with_token_of_another_device_is_refused() {
    let (fixture, _, device) = fixture_with_devices(0).await;
    let other = fixture.sign_in_on_new_device().await;
    let foreign = fixture.confirm_device(&device).access_token(&other.token);
    assert_refused!(foreign, is_resource_not_found_exception, UNKNOWN_DEVICE);
}

#[tokio::test]
async fn confirm_device_with_malformed_verifier_is_refused() {
    let (fixture, _, device) = fixture_with_devices(0).await;
    let nonsense = DeviceSecretVerifierConfigType::builder().salt("AA==").password_verifier("AQ==").build();
    let nonsense = fixture.confirm_device(&device).device_secret_verifier_config(nonsense);
    let text = "Invalid parameter DeviceSecretVerifierConfig";
    assert_refused!(nonsense, is_invalid_parameter_exception, text);
}
