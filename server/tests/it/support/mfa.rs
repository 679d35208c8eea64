//! Second factors of the confirmed user of a [`SignInFixture`].

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::{
        respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder,
        set_user_pool_mfa_config::builders::SetUserPoolMfaConfigFluentBuilder,
    },
    types::{
        ChallengeNameType as Name, SmsConfigurationType, SmsMfaConfigType, SoftwareTokenMfaConfigType,
        SoftwareTokenMfaSettingsType, UserPoolMfaType, VerifySoftwareTokenResponseType,
    },
};
use totp_rs::{Builder, Secret};

use crate::support::{PASSWORD, sign_in::SignInFixture};

pub(crate) const STEP: Duration = Duration::from_secs(30);

impl SignInFixture {
    pub(crate) fn set_mfa(&self, mode: UserPoolMfaType) -> SetUserPoolMfaConfigFluentBuilder {
        let call = self.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.ids.pool);
        let token = SoftwareTokenMfaConfigType::builder().enabled(true).build();
        match mode {
            UserPoolMfaType::Off => call.mfa_configuration(mode),
            mode => call.mfa_configuration(mode).software_token_mfa_configuration(token),
        }
    }

    /// The code that an authenticator app shows now for this secret.
    pub(crate) fn app_code(&self, secret: &str) -> String {
        let secret = Secret::try_from_base32(secret).expect("Base32");
        let now = u64::try_from(self.server.app.clock.now().as_seconds()).expect("after 1970");
        Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
    }

    pub(crate) async fn access_token(&self) -> String {
        let answer = self.by_password("ann", PASSWORD).send().await.expect("signed in");
        answer.authentication_result.and_then(|result| result.access_token).expect("a token")
    }

    /// Ann sets an authenticator app up; gives her token and its secret.
    pub(crate) async fn set_app_up(&self) -> (String, String) {
        let (sdk, token) = (&self.server.sdk, self.access_token().await);
        let associated =
            sdk.associate_software_token().access_token(&token).send().await.expect("associated");
        assert_eq!(associated.session, None);
        let secret = associated.secret_code.expect("a secret");
        let verify = sdk.verify_software_token().access_token(&token).user_code(self.app_code(&secret));
        let verified = verify.friendly_device_name("phone").send().await.expect("verified");
        assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
        (token, secret)
    }

    pub(crate) fn answer(&self, name: Name, session: &str) -> RespondToAuthChallengeFluentBuilder {
        let call = self.server.sdk.respond_to_auth_challenge().client_id(&self.ids.client);
        call.challenge_name(name).session(session).challenge_responses("USERNAME", "ann")
    }

    pub(crate) async fn told(&self) -> (Vec<String>, Option<String>, bool) {
        let call = self.server.sdk.admin_get_user().user_pool_id(&self.ids.pool).username("ann");
        let user = call.send().await.expect("ann");
        let by_options = !user.mfa_options().is_empty();
        (user.user_mfa_setting_list().to_vec(), user.preferred_mfa_setting, by_options)
    }
}

pub(crate) fn by_token(enabled: bool, preferred: bool) -> SoftwareTokenMfaSettingsType {
    SoftwareTokenMfaSettingsType::builder().enabled(enabled).preferred_mfa(preferred).build()
}

pub(crate) fn sms() -> SmsMfaConfigType {
    let configuration = SmsConfigurationType::builder().sns_caller_arn("arn:aws:iam::000000000000:role/sms");
    let configuration = configuration.build();
    SmsMfaConfigType::builder()
        .sms_configuration(configuration)
        .sms_authentication_message("sms {####}")
        .build()
}
