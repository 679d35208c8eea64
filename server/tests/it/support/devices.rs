//! Devices of the confirmed user of a [`SignInFixture`], as their clients know them.

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
        AuthenticationResultType, ChallengeNameType as Name, DeviceConfigurationType,
        DeviceSecretVerifierConfigType, EmailMfaConfigType, UserPoolMfaType,
    },
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    srp_client::{Challenge, SrpClient, TIME, verifier},
    support::{PASSWORD, sign_in::SignInFixture},
};

const SALT: [u8; 16] = [0x97; 16];
pub(crate) const DEVICE_PASSWORD: &str = "of the device alone";
pub(crate) const UNKNOWN_DEVICE: &str = "Device does not exist.";

/// A device as its client knows it.
pub(crate) struct Device {
    pub(crate) key: String,
    pub(crate) group: String,
    pub(crate) token: String,
}

impl Device {
    /// The device of a sign-in that was given a key.
    pub(crate) fn of(result: Option<AuthenticationResultType>) -> Self {
        let result = result.expect("tokens");
        let metadata = result.new_device_metadata.expect("a key");
        Self {
            key: metadata.device_key.expect("a key"),
            group: metadata.device_group_key.expect("a group"),
            token: result.access_token.expect("a token"),
        }
    }
}

impl SignInFixture {
    /// The pool remembers devices; with `replaces_mfa` they stand for a second factor.
    pub(crate) async fn remember_devices(&self, replaces_mfa: bool, only_on_prompt: bool) {
        let devices = DeviceConfigurationType::builder()
            .challenge_required_on_new_device(replaces_mfa)
            .device_only_remembered_on_user_prompt(only_on_prompt)
            .build();
        let update = self.server.sdk.update_user_pool().user_pool_id(&self.ids.pool);
        update
            .auto_verified_attributes("email".into())
            .device_configuration(devices)
            .send()
            .await
            .expect("set");
    }

    pub(crate) async fn require_mfa(&self) {
        let email = EmailMfaConfigType::builder().message("mail {####}").build();
        let set = self.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.ids.pool);
        set.mfa_configuration(UserPoolMfaType::On).email_mfa_configuration(email).send().await.expect("set");
    }

    pub(crate) async fn new_device(&self) -> Device {
        Device::of(self.by_password("ann", PASSWORD).send().await.expect("signed in").authentication_result)
    }

    pub(crate) fn confirm(&self, device: &Device) -> ConfirmDeviceFluentBuilder {
        let config = DeviceSecretVerifierConfigType::builder()
            .salt(BASE64_STANDARD.encode([&[0][..], &SALT].concat()))
            .password_verifier(BASE64_STANDARD.encode(verifier(
                &device.group,
                &device.key,
                &SALT,
                DEVICE_PASSWORD,
            )))
            .build();
        let call = self.server.sdk.confirm_device().access_token(&device.token).device_key(&device.key);
        call.device_secret_verifier_config(config).device_name("laptop")
    }

    pub(crate) fn on(&self, device: &Device) -> InitiateAuthFluentBuilder {
        self.by_password("ann", PASSWORD).auth_parameters("DEVICE_KEY", &device.key)
    }

    pub(crate) fn respond(&self, name: Name, session: Option<&str>) -> RespondToAuthChallengeFluentBuilder {
        let call = self.server.sdk.respond_to_auth_challenge().client_id(&self.ids.client);
        call.challenge_name(name)
            .set_session(session.map(str::to_owned))
            .challenge_responses("USERNAME", "ann")
    }

    /// The device begins to show that it is the same.
    pub(crate) async fn begin(
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

    pub(crate) fn claim(
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
    pub(crate) async fn show(&self, device: &Device, session: Option<&str>) -> AuthenticationResultType {
        let (srp, asked) = self.begin(device, session).await;
        let parameters = asked.challenge_parameters().expect("parameters");
        let done = self.claim(device, &srp, parameters, DEVICE_PASSWORD).send().await.expect("signed in");
        done.authentication_result.expect("tokens")
    }
}

/// The device in the claims of an access token.
pub(crate) fn device_key_in(token: &str) -> Option<String> {
    let body = token.split('.').nth(1).expect("a body");
    let body = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(body).expect("Base64");
    let claims: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    Some(claims.get("device_key")?.as_str()?.to_owned())
}
