//! Devices, the whole way: given a key, confirmed, remembered, believed in place of a second factor, forgotten.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        confirm_device::builders::ConfirmDeviceFluentBuilder,
        initiate_auth::builders::InitiateAuthFluentBuilder,
        respond_to_auth_challenge::{
            RespondToAuthChallengeOutput, builders::RespondToAuthChallengeFluentBuilder,
        },
    },
    types::{
        AuthFlowType, AuthenticationResultType, ChallengeNameType as Name, DeviceConfigurationType,
        DeviceRememberedStatusType, DeviceSecretVerifierConfigType, EmailMfaConfigType, UserPoolMfaType,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    sign_in::SignIn,
    srp_client::{Challenge, SrpClient, TIME, verifier},
    support::{PASSWORD, refused},
};

const SALT: [u8; 16] = [0x97; 16];
const DEVICE_PASSWORD: &str = "of the device alone";
const UNKNOWN: &str = "Device does not exist.";

/// A device as its client knows it.
struct Device {
    key: String,
    group: String,
    token: String,
}

impl Device {
    /// The device of a sign-in that was given a key.
    fn of(result: Option<AuthenticationResultType>) -> Self {
        let result = result.expect("tokens");
        let metadata = result.new_device_metadata.expect("a key");
        Self {
            key: metadata.device_key.expect("a key"),
            group: metadata.device_group_key.expect("a group"),
            token: result.access_token.expect("a token"),
        }
    }
}

impl SignIn {
    /// The pool remembers devices; with `replaces_mfa` they stand for a second factor.
    async fn remember_devices(&self, replaces_mfa: bool, only_on_prompt: bool) {
        let devices = DeviceConfigurationType::builder()
            .challenge_required_on_new_device(replaces_mfa)
            .device_only_remembered_on_user_prompt(only_on_prompt)
            .build();
        let update = self.house.sdk.update_user_pool().user_pool_id(&self.place.pool);
        update
            .auto_verified_attributes("email".into())
            .device_configuration(devices)
            .send()
            .await
            .expect("set");
    }

    async fn require_mfa(&self) {
        let email = EmailMfaConfigType::builder().message("mail {####}").build();
        let set = self.house.sdk.set_user_pool_mfa_config().user_pool_id(&self.place.pool);
        set.mfa_configuration(UserPoolMfaType::On).email_mfa_configuration(email).send().await.expect("set");
    }

    async fn new_device(&self) -> Device {
        Device::of(self.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result)
    }

    fn confirm(&self, device: &Device) -> ConfirmDeviceFluentBuilder {
        let config = DeviceSecretVerifierConfigType::builder()
            .salt(BASE64_STANDARD.encode([&[0][..], &SALT].concat()))
            .password_verifier(BASE64_STANDARD.encode(verifier(
                &device.group,
                &device.key,
                &SALT,
                DEVICE_PASSWORD,
            )))
            .build();
        let call = self.house.sdk.confirm_device().access_token(&device.token).device_key(&device.key);
        call.device_secret_verifier_config(config).device_name("laptop")
    }

    fn on(&self, device: &Device) -> InitiateAuthFluentBuilder {
        self.by_password("ann", PASSWORD).auth_parameters("DEVICE_KEY", &device.key)
    }

    fn respond(&self, name: Name, session: Option<&str>) -> RespondToAuthChallengeFluentBuilder {
        let call = self.house.sdk.respond_to_auth_challenge().client_id(&self.place.client);
        call.challenge_name(name)
            .set_session(session.map(str::to_owned))
            .challenge_responses("USERNAME", "ann")
    }

    /// The device begins to show that it is the same.
    async fn begin(
        &self,
        device: &Device,
        session: Option<&str>,
    ) -> (SrpClient, RespondToAuthChallengeOutput) {
        let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
        let call = self.respond(Name::DeviceSrpAuth, session).challenge_responses("DEVICE_KEY", &device.key);
        let asked = call.challenge_responses("SRP_A", srp.srp_a()).send().await.expect("asked");
        assert_eq!(asked.challenge_name(), Some(&Name::DevicePasswordVerifier));
        (srp, asked)
    }

    fn claim(
        &self,
        device: &Device,
        srp: &SrpClient,
        asked: &HashMap<String, String>,
        password: &str,
    ) -> RespondToAuthChallengeFluentBuilder {
        assert_eq!((asked["DEVICE_KEY"].as_str(), asked["USERNAME"].as_str()), (device.key.as_str(), "ann"));
        let challenge = Challenge {
            pool: &device.group,
            user: &device.key,
            salt: &asked["SALT"],
            b: &asked["SRP_B"],
            secret_block: &asked["SECRET_BLOCK"],
        };
        self.respond(Name::DevicePasswordVerifier, None)
            .challenge_responses("DEVICE_KEY", &device.key)
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &asked["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", srp.sign(&challenge, password))
            .challenge_responses("TIMESTAMP", TIME)
    }

    /// A device that is asked to show that it is the same does so.
    async fn show(&self, device: &Device, session: Option<&str>) -> AuthenticationResultType {
        let (srp, asked) = self.begin(device, session).await;
        let parameters = asked.challenge_parameters().expect("parameters");
        let done = self.claim(device, &srp, parameters, DEVICE_PASSWORD).send().await.expect("signed in");
        done.authentication_result.expect("tokens")
    }
}

fn device_key_in(token: &str) -> Option<String> {
    let body = token.split('.').nth(1).expect("a body");
    let body = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(body).expect("Base64");
    let claims: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    Some(claims.get("device_key")?.as_str()?.to_owned())
}

/// cog-0165.
#[tokio::test]
async fn a_remembered_device_stands_for_a_second_factor() {
    let world = SignIn::new().await;
    let plain = world.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let plain = plain.expect("tokens");
    assert!(
        plain.new_device_metadata.is_none() && device_key_in(plain.access_token().expect("one")).is_none()
    );
    world.remember_devices(true, false).await;
    let device = world.new_device().await;
    assert!(device.key.starts_with("us-east-1_"));
    assert_eq!(device_key_in(&device.token), Some(device.key.clone()));
    let other = world.new_device().await;
    assert_eq!(other.group, device.group);
    let foreign = world.confirm(&device).access_token(&other.token);
    refused!(foreign, is_resource_not_found_exception, UNKNOWN);
    let nonsense = DeviceSecretVerifierConfigType::builder().salt("AA==").password_verifier("AQ==").build();
    let nonsense = world.confirm(&device).device_secret_verifier_config(nonsense);
    refused!(nonsense, is_invalid_parameter_exception, "Invalid parameter DeviceSecretVerifierConfig");
    let confirmed = world.confirm(&device).send().await.expect("confirmed");
    assert!(!confirmed.user_confirmation_necessary);
    refused!(world.confirm(&device), is_device_key_exists_exception, "Device already exists.");

    world.require_mfa().await;
    let asked = world.by_password("ann", PASSWORD).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp), "a device that says nothing is new");
    let asked = world.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth));
    let wrong_device = world.respond(Name::DeviceSrpAuth, asked.session());
    let wrong_device =
        wrong_device.challenge_responses("DEVICE_KEY", &other.key).challenge_responses("SRP_A", "abc");
    refused!(wrong_device, is_resource_not_found_exception, UNKNOWN);
    let result = world.show(&device, asked.session()).await;
    assert!(result.new_device_metadata.is_none());
    assert_eq!(device_key_in(result.access_token().expect("a token")), Some(device.key.clone()));

    let asked = world.on(&device).send().await.expect("asked");
    let (srp, asked) = world.begin(&device, asked.session()).await;
    let parameters = asked.challenge_parameters().expect("parameters");
    let wrong = world.claim(&device, &srp, parameters, "guessed");
    refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let again = world.claim(&device, &srp, parameters, DEVICE_PASSWORD);
    let used = "Invalid session for the user, session can only be used once.";
    refused!(again, is_not_authorized_exception, used);
}

#[tokio::test]
async fn a_device_that_stands_for_nothing_is_asked_after_the_second_factor() {
    let world = SignIn::new().await;
    world.remember_devices(false, false).await;
    let device = world.new_device().await;
    world.confirm(&device).send().await.expect("confirmed");
    let asked = world.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth), "without a second factor at once");
    world.require_mfa().await;
    let asked = world.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp));
    let answer = world.respond(Name::EmailOtp, asked.session());
    let asked = answer.challenge_responses("EMAIL_OTP_CODE", world.house.code_of("ann"));
    let asked = asked.send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth), "the session knows the device");
    world.show(&device, asked.session()).await;
}

#[tokio::test]
async fn tokens_are_renewed_on_their_device_alone() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    world.remember_devices(true, false).await;
    let signed_in = world.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result;
    let refresh_token = signed_in.as_ref().and_then(|result| result.refresh_token.clone()).expect("a token");
    let device = Device::of(signed_in);
    let by_flow = |key: Option<&str>| {
        let call =
            world.initiate(AuthFlowType::RefreshTokenAuth).auth_parameters("REFRESH_TOKEN", &refresh_token);
        key.map_or(call.clone(), |key| call.auth_parameters("DEVICE_KEY", key))
    };
    let by_operation = |key: Option<&str>| {
        let call = sdk.get_tokens_from_refresh_token().client_id(&world.place.client);
        call.refresh_token(&refresh_token).set_device_key(key.map(str::to_owned))
    };
    let invalid = "Invalid Refresh Token";
    refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
    world.confirm(&device).send().await.expect("confirmed");
    by_flow(Some(&device.key)).send().await.expect("renewed");
    by_operation(Some(&device.key)).send().await.expect("renewed");
    for key in [None, Some("us-east-1_01234567-89ab-cdef-0123-456789abcdef")] {
        refused!(by_flow(key), is_not_authorized_exception, invalid);
        refused!(by_operation(key), is_not_authorized_exception, invalid);
    }
    sdk.forget_device().access_token(&device.token).device_key(&device.key).send().await.expect("forgotten");
    refused!(by_flow(Some(&device.key)), is_not_authorized_exception, invalid);
}

/// As amazon-cognito-identity-js does, which names its device from the first step on and leaves it out once it is told.
#[tokio::test]
async fn a_device_that_was_forgotten_is_left_out_at_the_second_try() {
    let world = SignIn::new().await;
    world.remember_devices(true, false).await;
    let device = world.new_device().await;
    let begin = world.initiate(AuthFlowType::UserAuth).auth_parameters("USERNAME", "ann");
    let begin =
        begin.auth_parameters("PREFERRED_CHALLENGE", "PASSWORD").auth_parameters("DEVICE_KEY", &device.key);
    let asked = begin.send().await.expect("asked");
    let answer = || world.respond(Name::Password, asked.session()).challenge_responses("PASSWORD", PASSWORD);
    let told = answer().challenge_responses("DEVICE_KEY", &device.key);
    refused!(told, is_resource_not_found_exception, UNKNOWN);
    let result = answer().send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(result.new_device_metadata.is_some(), "a new device");
}

#[tokio::test]
async fn a_device_that_is_not_remembered_is_believed_nothing() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    world.remember_devices(true, true).await;
    let device = world.new_device().await;
    let unknown = world.on(&device);
    refused!(unknown, is_resource_not_found_exception, UNKNOWN);
    let wrong = world.on(&device).auth_parameters("PASSWORD", "wrong");
    refused!(wrong, is_not_authorized_exception, "Incorrect username or password.");
    let confirmed = world.confirm(&device).send().await.expect("confirmed");
    assert!(confirmed.user_confirmation_necessary);
    let quiet = world.on(&device).send().await.expect("signed in").authentication_result.expect("tokens");
    assert!(quiet.new_device_metadata.is_none(), "it has a key");
    world.require_mfa().await;
    let asked = world.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::EmailOtp));
    let update = sdk.update_device_status().access_token(&device.token).device_key(&device.key);
    update.device_remembered_status(DeviceRememberedStatusType::Remembered).send().await.expect("remembered");
    let asked = world.on(&device).send().await.expect("asked");
    assert_eq!(asked.challenge_name(), Some(&Name::DeviceSrpAuth));
    // Forgotten half-way, it is believed no longer.
    let forget = sdk.admin_forget_device().user_pool_id(&world.place.pool).username("ann");
    forget.device_key(&device.key).send().await.expect("forgotten");
    let begin = world.respond(Name::DeviceSrpAuth, asked.session());
    let begin = begin.challenge_responses("DEVICE_KEY", &device.key).challenge_responses("SRP_A", "abc");
    refused!(begin, is_resource_not_found_exception, UNKNOWN);
}

#[tokio::test]
async fn users_and_administrators_see_and_change_devices() {
    let world = SignIn::new().await;
    let (sdk, pool) = (&world.house.sdk, &world.place.pool);
    let off = "Device tracking is not configured for the user pool.";
    let admin_list = || sdk.admin_list_devices().user_pool_id(pool).username("ann");
    refused!(admin_list(), is_invalid_user_pool_configuration_exception, off);
    world.remember_devices(true, false).await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        let device = world.new_device().await;
        world.confirm(&device).send().await.expect("confirmed");
        keys.push(device.key);
    }
    let device = world.new_device().await;
    keys.sort();
    let list = || sdk.list_devices().access_token(&device.token);
    let first = list().limit(2).send().await.expect("listed");
    let second = list().limit(2).pagination_token(first.pagination_token().expect("more")).send().await;
    let second = second.expect("listed");
    assert_eq!(second.pagination_token, None);
    let listed: Vec<_> =
        first.devices().iter().chain(second.devices()).filter_map(|one| one.device_key()).collect();
    assert_eq!(listed, keys, "and not the one that was never confirmed");
    assert_eq!(admin_list().send().await.expect("listed").devices().len(), 3);

    let get = |key: &str| sdk.get_device().access_token(&device.token).device_key(key);
    let admin_get = |key: &str| sdk.admin_get_device().user_pool_id(pool).username("ann").device_key(key);
    let status = |told: Option<&aws_sdk_cognitoidentityprovider::types::DeviceType>| {
        let attributes = told.expect("a device").device_attributes().to_vec();
        let found = attributes.into_iter().find(|one| one.name() == "dev:device_remembered_status");
        found.and_then(|one| one.value).expect("a status")
    };
    let told = get(&keys[0]).send().await.expect("told");
    assert_eq!(status(told.device()), "remembered");
    assert!(told.device().is_some_and(|device| device.device_create_date().is_some()));
    let update = sdk.admin_update_device_status().user_pool_id(pool).username("ann").device_key(&keys[0]);
    let update = update.device_remembered_status(DeviceRememberedStatusType::NotRemembered);
    update.send().await.expect("updated");
    assert_eq!(status(admin_get(&keys[0]).send().await.expect("told").device()), "not_remembered");
    let forget = || sdk.forget_device().access_token(&device.token).device_key(&keys[0]);
    forget().send().await.expect("forgotten");
    refused!(forget(), is_resource_not_found_exception, UNKNOWN);
    refused!(get(&keys[0]), is_resource_not_found_exception, UNKNOWN);
    refused!(admin_get(&device.key), is_resource_not_found_exception, UNKNOWN);
    let nobody = sdk.admin_list_devices().user_pool_id(pool).username("nobody");
    refused!(nobody, is_resource_not_found_exception, "User does not exist.");
    let without = sdk.get_device().device_key(&keys[1]);
    refused!(without, is_not_authorized_exception, "Invalid Access Token");
}
