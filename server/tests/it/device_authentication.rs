//! Devices in a sign-in: given a key, asked to show that they are the same, believed in place of a second factor.

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
    let plain = fixture.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let plain = plain.expect("tokens");
    assert!(
        plain.new_device_metadata.is_none() && device_key_in(plain.access_token().expect("one")).is_none()
    );
    fixture.remember_devices(true, false).await;
    let device = fixture.new_device().await;
    assert!(device.key.starts_with("us-east-1_"));
    assert_eq!(device_key_in(&device.token), Some(device.key.clone()));
    let other = fixture.new_device().await;
    assert_eq!(other.group, device.group);
    let foreign = fixture.confirm(&device).access_token(&other.token);
    assert_refused!(foreign, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let nonsense = DeviceSecretVerifierConfigType::builder().salt("AA==").password_verifier("AQ==").build();
    let nonsense = fixture.confirm(&device).device_secret_verifier_config(nonsense);
    assert_refused!(nonsense, is_invalid_parameter_exception, "Invalid parameter DeviceSecretVerifierConfig");
    let confirmed = fixture.confirm(&device).send().await.expect("confirmed");
    assert!(!confirmed.user_confirmation_necessary);
    assert_refused!(fixture.confirm(&device), is_device_key_exists_exception, "Device already exists.");

    fixture.require_mfa().await;
    let asked = fixture.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp), "a device that says nothing is new");
    let asked = fixture.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth));
    let wrong_device = fixture.respond(Name::DeviceSrpAuth, asked.session());
    let wrong_device =
        wrong_device.challenge_responses("DEVICE_KEY", &other.key).challenge_responses("SRP_A", "abc");
    assert_refused!(wrong_device, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let result = fixture.show(&device, asked.session()).await;
    assert!(result.new_device_metadata.is_none());
    assert_eq!(device_key_in(result.access_token().expect("a token")), Some(device.key.clone()));

    let asked = fixture.on(&device).send().await.expect("asked");
    let (srp, asked) = fixture.begin(&device, asked.session()).await;
    let parameters = asked.challenge_parameters().expect("parameters");
    let wrong = fixture.claim(&device, &srp, parameters, "guessed");
    assert_refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let again = fixture.claim(&device, &srp, parameters, DEVICE_PASSWORD);
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(again, is_not_authorized_exception, used);
}

#[tokio::test]
async fn remembered_device_that_replaces_nothing_is_asked_after_the_second_factor() {
    let fixture = SignInFixture::new().await;
    fixture.remember_devices(false, false).await;
    let device = fixture.new_device().await;
    fixture.confirm(&device).send().await.expect("confirmed");
    let asked = fixture.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth), "without a second factor at once");
    fixture.require_mfa().await;
    let asked = fixture.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp));
    let answer = fixture.respond(Name::EmailOtp, asked.session());
    let asked = answer.challenge_responses("EMAIL_OTP_CODE", fixture.server.code_of("ann"));
    let asked = asked.send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth), "the session knows the device");
    fixture.show(&device, asked.session()).await;
}

#[tokio::test]
async fn tokens_of_a_device_are_renewed_on_it_alone() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.remember_devices(true, false).await;
    let signed_in =
        fixture.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let refresh_token = signed_in.as_ref().and_then(|result| result.refresh_token.clone()).expect("a token");
    let device = Device::of(signed_in);
    let by_flow = |key: Option<&str>| {
        let call =
            fixture.initiate(AuthFlowType::RefreshTokenAuth).auth_parameters("REFRESH_TOKEN", &refresh_token);
        key.map_or(call.clone(), |key| call.auth_parameters("DEVICE_KEY", key))
    };
    let by_operation = |key: Option<&str>| {
        let call = sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client);
        call.refresh_token(&refresh_token).set_device_key(key.map(str::to_owned))
    };
    let invalid = "Invalid Refresh Token";
    assert_refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
    fixture.confirm(&device).send().await.expect("confirmed");
    by_flow(Some(&device.key)).send().await.expect("renewed");
    by_operation(Some(&device.key)).send().await.expect("renewed");
    for key in [None, Some("us-east-1_01234567-89ab-cdef-0123-456789abcdef")] {
        assert_refused!(by_flow(key), is_not_authorized_exception, invalid);
        assert_refused!(by_operation(key), is_not_authorized_exception, invalid);
    }
    sdk.forget_device().access_token(&device.token).device_key(&device.key).send().await.expect("forgotten");
    assert_refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
}

/// As amazon-cognito-identity-js does, which names its device from the first step on and leaves it out once it is told.
#[tokio::test]
async fn forgotten_device_left_out_at_the_second_try_signs_in() {
    let fixture = SignInFixture::new().await;
    fixture.remember_devices(true, false).await;
    let device = fixture.new_device().await;
    let begin = fixture.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let begin =
        begin.auth_parameters("PREFERRED_CHALLENGE", "PASSWORD").auth_parameters("DEVICE_KEY", &device.key);
    let asked = begin.send().await.expect("asked");
    let answer =
        || fixture.respond(Name::Password, asked.session()).challenge_responses("PASSWORD", PASSWORD);
    let told = answer().challenge_responses("DEVICE_KEY", &device.key);
    assert_refused!(told, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let result = answer().send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(result.new_device_metadata.is_some(), "a new device");
}

#[tokio::test]
async fn device_not_remembered_does_not_replace_the_second_factor() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    fixture.remember_devices(true, true).await;
    let device = fixture.new_device().await;
    let unknown = fixture.on(&device);
    assert_refused!(unknown, is_resource_not_found_exception, UNKNOWN_DEVICE);
    let wrong = fixture.on(&device).auth_parameters("PASSWORD", "wrong");
    assert_refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let confirmed = fixture.confirm(&device).send().await.expect("confirmed");
    assert!(confirmed.user_confirmation_necessary);
    let quiet = fixture.on(&device).send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(quiet.new_device_metadata.is_none(), "it has a key");
    fixture.require_mfa().await;
    let asked = fixture.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp));
    let update = sdk.update_device_status().access_token(&device.token).device_key(&device.key);
    update.device_remembered_status(DeviceRememberedStatusType::Remembered).send().await.expect("remembered");
    let asked = fixture.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth));
    // Forgotten half-way, it is believed no longer.
    let forget = sdk.admin_forget_device().user_pool_id(&fixture.ids.pool).username("ann");
    forget.device_key(&device.key).send().await.expect("forgotten");
    let begin = fixture.respond(Name::DeviceSrpAuth, asked.session());
    let begin = begin.challenge_responses("DEVICE_KEY", &device.key).challenge_responses("SRP_A", "abc");
    assert_refused!(begin, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
