//! Devices of the user of a [`SignInFixture`]: their keys, and the device's half of DEVICE_SRP_AUTH.

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
    support::{PASSWORD, jwt_claims, sign_in::SignInFixture},
};

const SALT: [u8; 16] = [0x97; 16];
/// The password that every device generates for itself, in these tests a fixed one.
pub(crate) const DEVICE_PASSWORD: &str = "of the device alone";
/// The message about a device key that the user does not have.
pub(crate) const UNKNOWN_DEVICE: &str = "Device does not exist.";

/// A device key as a sign-in returns it, with the access token of that sign-in.
pub(crate) struct Device {
    pub(crate) key: String,
    /// The device group key.
    pub(crate) group: String,
    /// The access token.
    pub(crate) token: String,
}

impl Device {
    /// Returns the device in the result of a sign-in.
    ///
    /// # Panics
    ///
    /// If the sign-in returned no device key.
    pub(crate) fn from_sign_in(result: Option<AuthenticationResultType>) -> Self {
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
    /// Turns device tracking on in the pool.
    ///
    /// With `replaces_mfa` a remembered device takes the place of a second factor; with `only_on_prompt` a device is
    /// remembered only once the user agrees.
    pub(crate) async fn enable_device_tracking(&self, replaces_mfa: bool, only_on_prompt: bool) {
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

    /// Requires a second factor by e-mail in the pool.
    pub(crate) async fn require_email_mfa(&self) {
        self.server.send_mail_as_developer(&self.ids.pool).await;
        let email = EmailMfaConfigType::builder().message("mail {####}").build();
        let set = self.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.ids.pool);
        set.mfa_configuration(UserPoolMfaType::On).email_mfa_configuration(email).send().await.expect("set");
    }

    /// Signs `ann` in without a device key and returns the key that the sign-in returns.
    pub(crate) async fn sign_in_on_new_device(&self) -> Device {
        let signed_in = self.by_password("ann", PASSWORD).send().await.expect("signed in");
        Device::from_sign_in(signed_in.authentication_result)
    }

    /// Builds a ConfirmDevice request with the verifier of [`DEVICE_PASSWORD`].
    pub(crate) fn confirm_device(&self, device: &Device) -> ConfirmDeviceFluentBuilder {
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

    /// Builds an InitiateAuth request of `ann` by password, with a device key.
    pub(crate) fn sign_in_on(&self, device: &Device) -> InitiateAuthFluentBuilder {
        self.by_password("ann", PASSWORD).auth_parameters("DEVICE_KEY", &device.key)
    }

    /// Answers DEVICE_SRP_AUTH, and returns the SRP client of the device and the challenge DEVICE_PASSWORD_VERIFIER.
    pub(crate) async fn start_device_srp(
        &self,
        device: &Device,
        session: Option<&str>,
    ) -> (SrpClient, RespondToAuthChallengeOutput) {
        let srp = SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1);
        let call = self.respond(Name::DeviceSrpAuth, session).challenge_responses("DEVICE_KEY", &device.key);
        let response = call.challenge_responses("SRP_A", srp.srp_a()).send().await.expect("a challenge");
        assert_eq!(response.challenge_name(), Some(&Name::DevicePasswordVerifier));
        (srp, response)
    }

    /// Builds the answer to DEVICE_PASSWORD_VERIFIER, whose parameters are `parameters`.
    pub(crate) fn claim_device_password(
        &self,
        device: &Device,
        srp: &SrpClient,
        parameters: &HashMap<String, String>,
        password: &str,
    ) -> RespondToAuthChallengeFluentBuilder {
        assert_eq!(
            (parameters["DEVICE_KEY"].as_str(), parameters["USERNAME"].as_str()),
            (device.key.as_str(), "ann")
        );
        let challenge = Challenge {
            pool: &device.group,
            user: &device.key,
            salt: &parameters["SALT"],
            b: &parameters["SRP_B"],
            secret_block: &parameters["SECRET_BLOCK"],
        };
        self.respond(Name::DevicePasswordVerifier, None)
            .challenge_responses("DEVICE_KEY", &device.key)
            .challenge_responses("PASSWORD_CLAIM_SECRET_BLOCK", &parameters["SECRET_BLOCK"])
            .challenge_responses("PASSWORD_CLAIM_SIGNATURE", srp.sign(&challenge, password))
            .challenge_responses("TIMESTAMP", TIME)
    }

    /// Answers DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER with the right password, and returns the tokens.
    pub(crate) async fn authenticate_device(
        &self,
        device: &Device,
        session: Option<&str>,
    ) -> AuthenticationResultType {
        let (srp, challenge) = self.start_device_srp(device, session).await;
        let parameters = challenge.challenge_parameters().expect("parameters");
        let claim = self.claim_device_password(device, &srp, parameters, DEVICE_PASSWORD);
        claim.send().await.expect("signed in").authentication_result.expect("tokens")
    }
}

/// Returns the device key in the claims of an access token, or `None` if it has no such claim.
pub(crate) fn device_key_in(token: &str) -> Option<String> {
    Some(jwt_claims(token).get("device_key")?.as_str()?.to_owned())
}
