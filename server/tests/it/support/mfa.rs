//! Second factors of the user of a [`SignInFixture`], and the settings of pools and users about them.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::set_user_pool_mfa_config::builders::SetUserPoolMfaConfigFluentBuilder,
    types::{
        SmsMfaConfigType, SoftwareTokenMfaConfigType, SoftwareTokenMfaSettingsType, UserPoolMfaType,
        VerifySoftwareTokenResponseType,
    },
};
use totp_rs::{Builder, Secret};

use crate::support::{sign_in::SignInFixture, sms_configuration};

/// How long a code of an authenticator app is valid.
pub(crate) const TOTP_STEP: Duration = Duration::from_secs(30);

impl SignInFixture {
    /// Builds a SetUserPoolMfaConfig request with this mode; unless it is `OFF`, software tokens are enabled.
    pub(crate) fn set_mfa(&self, mode: UserPoolMfaType) -> SetUserPoolMfaConfigFluentBuilder {
        let call = self.server.sdk.set_user_pool_mfa_config().user_pool_id(&self.ids.pool);
        let token = SoftwareTokenMfaConfigType::builder().enabled(true).build();
        match mode {
            UserPoolMfaType::Off => call.mfa_configuration(mode),
            mode => call.mfa_configuration(mode).software_token_mfa_configuration(token),
        }
    }

    /// Returns the code that an authenticator app with this secret (Base32) shows now, by the server's clock.
    pub(crate) fn totp_code(&self, secret: &str) -> String {
        let secret = Secret::try_from_base32(secret).expect("Base32");
        let now = u64::try_from(self.server.app.clock.now().as_seconds()).expect("after 1970");
        Builder::new().with_secret(secret).build_noncompliant().generate(now).to_string()
    }

    /// Associates and verifies a software token of `ann`; returns the access token and the secret in Base32.
    ///
    /// The token is not yet a second factor: SetUserMFAPreference turns it on.
    pub(crate) async fn set_up_software_token(&self) -> (String, String) {
        let (sdk, token) = (&self.server.sdk, self.access_token().await);
        let associated =
            sdk.associate_software_token().access_token(&token).send().await.expect("associated");
        assert_eq!(associated.session, None);
        let secret = associated.secret_code.expect("a secret");
        let verify = sdk.verify_software_token().access_token(&token).user_code(self.totp_code(&secret));
        let verified = verify.friendly_device_name("phone").send().await.expect("verified");
        assert_eq!(verified.status, Some(VerifySoftwareTokenResponseType::Success));
        (token, secret)
    }

    /// Returns the factors of `ann` that are turned on, the preferred one, and whether `MFAOptions` has any, as
    /// AdminGetUser does.
    pub(crate) async fn mfa_settings(&self) -> (Vec<String>, Option<String>, bool) {
        let call = self.server.sdk.admin_get_user().user_pool_id(&self.ids.pool).username("ann");
        let user = call.send().await.expect("ann");
        let has_options = !user.mfa_options().is_empty();
        (user.user_mfa_setting_list().to_vec(), user.preferred_mfa_setting, has_options)
    }
}

/// Returns the settings of SetUserMFAPreference for a software token.
pub(crate) fn software_token_settings(enabled: bool, preferred: bool) -> SoftwareTokenMfaSettingsType {
    SoftwareTokenMfaSettingsType::builder().enabled(enabled).preferred_mfa(preferred).build()
}

/// Returns a pool's configuration of SMS as a second factor; its messages begin with `sms `.
pub(crate) fn sms_mfa_config() -> SmsMfaConfigType {
    SmsMfaConfigType::builder()
        .sms_configuration(sms_configuration())
        .sms_authentication_message("sms {####}")
        .build()
}
