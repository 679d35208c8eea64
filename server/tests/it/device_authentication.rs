//! Devices in a sign-in: device keys, DEVICE_SRP_AUTH, and remembered devices in place of a second factor.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, ChallengeNameType as Name, DeviceRememberedStatusType, DeviceSecretVerifierConfigType,
};

use crate::support::{
    PASSWORD, assert_refused,
    devices::{DEVICE_PASSWORD, Device, UNKNOWN_DEVICE, device_key_in},
    sign_in::SignInFixture,
};

/// cog-0165.
#[tokio::test]
async fn remembered_device_replaces_the_second_factor() {
    let fixture = SignInFixture::new().await;
    let without_tracking =
        fixture.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let without_tracking = without_tracking.expect("tokens");
    assert!(
        without_tracking.new_device_metadata.is_none()
            && device_key_in(without_tracking.access_token().expect("an access token")).is_none()
    );
    fixture.enable_device_tracking(true, false).await;
    let device = fixture.sign_in_on_new_device().await;
    assert!(device.key.starts_with("us-east-1_"));
    assert_eq!(device_key_in(&device.token), Some(device.key.clone()));
    let other = fixture.sign_in_on_new_device().await;
    assert_eq!(other.group, device.group);
    let foreign = fixture.confirm_device(&device).access_token(&other.token);
    assert_refused!(foreign, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let nonsense = DeviceSecretVerifierConfigType::builder().salt("AA==").password_verifier("AQ==").build();
    let nonsense = fixture.confirm_device(&device).device_secret_verifier_config(nonsense);
    assert_refused!(nonsense, is_invalid_parameter_exception, "Invalid parameter DeviceSecretVerifierConfig");
    let confirmed = fixture.confirm_device(&device).send().await.expect("confirmed");
    assert!(!confirmed.user_confirmation_necessary);
    assert_refused!(
        fixture.confirm_device(&device),
        is_device_key_exists_exception,
        "Device already exists."
    );

    fixture.require_email_mfa().await;
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(
        response.challenge_name(),
        Some(&Name::EmailOtp),
        "a sign-in without a device key is one on a new device"
    );
    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::DeviceSrpAuth));
    let wrong_device = fixture.respond(Name::DeviceSrpAuth, response.session());
    let wrong_device =
        wrong_device.challenge_responses("DEVICE_KEY", &other.key).challenge_responses("SRP_A", "abc");
    assert_refused!(wrong_device, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let result = fixture.authenticate_device(&device, response.session()).await;
    assert!(result.new_device_metadata.is_none());
    assert_eq!(device_key_in(result.access_token().expect("a token")), Some(device.key.clone()));

    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    let (srp, response) = fixture.start_device_srp(&device, response.session()).await;
    let parameters = response.challenge_parameters().expect("parameters");
    let wrong = fixture.claim_device_password(&device, &srp, parameters, "guessed");
    assert_refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let again = fixture.claim_device_password(&device, &srp, parameters, DEVICE_PASSWORD);
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(again, is_not_authorized_exception, used);
}

#[tokio::test]
async fn remembered_device_without_mfa_replacement_is_challenged_after_the_second_factor() {
    let fixture = SignInFixture::new().await;
    fixture.enable_device_tracking(false, false).await;
    let device = fixture.sign_in_on_new_device().await;
    fixture.confirm_device(&device).send().await.expect("confirmed");
    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    assert_eq!(
        response.challenge_name(),
        Some(&Name::DeviceSrpAuth),
        "right after the password, without a second factor"
    );
    fixture.require_email_mfa().await;
    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::EmailOtp));
    let answer = fixture.respond(Name::EmailOtp, response.session());
    let response = answer.challenge_responses("EMAIL_OTP_CODE", fixture.server.code_of("ann"));
    let response = response.send().await.expect("a challenge");
    assert_eq!(
        response.challenge_name(),
        Some(&Name::DeviceSrpAuth),
        "the session has the device key of the first step"
    );
    fixture.authenticate_device(&device, response.session()).await;
}

#[tokio::test]
async fn refresh_token_of_device_is_accepted_with_its_device_key_only() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.enable_device_tracking(true, false).await;
    let signed_in =
        fixture.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let refresh_token = signed_in.as_ref().and_then(|result| result.refresh_token.clone()).expect("a token");
    let device = Device::from_sign_in(signed_in);
    let by_flow = |key: Option<&str>| {
        let call =
            fixture.initiate(AuthFlowType::RefreshTokenAuth).auth_parameters("REFRESH_TOKEN", &refresh_token);
        key.map_or(call.clone(), |key| call.auth_parameters("DEVICE_KEY", key))
    };
    let by_operation = |key: Option<&str>| {
        let call = sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client);
        call.refresh_token(&refresh_token).set_device_key(key.map(str::to_owned))
    };
    let invalid = "Invalid Refresh Token.";
    assert_refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
    fixture.confirm_device(&device).send().await.expect("confirmed");
    by_flow(Some(&device.key)).send().await.expect("renewed");
    by_operation(Some(&device.key)).send().await.expect("renewed");
    for key in [None, Some("us-east-1_01234567-89ab-cdef-0123-456789abcdef")] {
        assert_refused!(by_flow(key), is_not_authorized_exception, invalid);
        assert_refused!(by_operation(key), is_not_authorized_exception, invalid);
    }
    sdk.forget_device().access_token(&device.token).device_key(&device.key).send().await.expect("forgotten");
    assert_refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
}

/// amazon-cognito-identity-js sends its device key from the first step on, and leaves it out once the server refuses it.
#[tokio::test]
async fn sign_in_without_the_refused_device_key_succeeds() {
    let fixture = SignInFixture::new().await;
    fixture.enable_device_tracking(true, false).await;
    let device = fixture.sign_in_on_new_device().await;
    let initiate = fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let initiate = initiate
        .auth_parameters("PREFERRED_CHALLENGE", "PASSWORD")
        .auth_parameters("DEVICE_KEY", &device.key);
    let response = initiate.send().await.expect("a challenge");
    let answer =
        || fixture.respond(Name::Password, response.session()).challenge_responses("PASSWORD", PASSWORD);
    let with_forgotten_key = answer().challenge_responses("DEVICE_KEY", &device.key);
    assert_refused!(with_forgotten_key, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let result = answer().send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(result.new_device_metadata.is_some(), "a new device");
}

#[tokio::test]
async fn device_that_is_not_remembered_does_not_replace_the_second_factor() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.enable_device_tracking(true, true).await;
    let device = fixture.sign_in_on_new_device().await;
    let unknown = fixture.sign_in_on(&device);
    assert_refused!(unknown, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let wrong = fixture.sign_in_on(&device).auth_parameters("PASSWORD", "wrong");
    assert_refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let confirmed = fixture.confirm_device(&device).send().await.expect("confirmed");
    assert!(confirmed.user_confirmation_necessary);
    let signed_in =
        fixture.sign_in_on(&device).send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(signed_in.new_device_metadata.is_none(), "the device has a key");
    fixture.require_email_mfa().await;
    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::EmailOtp));
    let update = sdk.update_device_status().access_token(&device.token).device_key(&device.key);
    update.device_remembered_status(DeviceRememberedStatusType::Remembered).send().await.expect("remembered");
    let response = fixture.sign_in_on(&device).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&Name::DeviceSrpAuth));
    // A device that is forgotten during the sign-in is refused.
    let forget = sdk.admin_forget_device().user_pool_id(&fixture.ids.pool).username("ann");
    forget.device_key(&device.key).send().await.expect("forgotten");
    let initiate = fixture.respond(Name::DeviceSrpAuth, response.session());
    let initiate =
        initiate.challenge_responses("DEVICE_KEY", &device.key).challenge_responses("SRP_A", "abc");
    assert_refused!(initiate, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
