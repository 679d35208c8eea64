//! The request of every operation about a user.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{AFTER_SIGN_UP, CODE, SIGN_IN_CODE, UserFixture, with};
use crate::{
    srp_client::{SrpClient, verifier},
    support::{PASSWORD, PoolAndClient},
};

impl UserFixture {
    /// Every row, and its request; `token` is the access token that is borne.
    pub(crate) fn requests(&self, token: &str) -> Vec<(&'static str, Value)> {
        let PoolAndClient { pool, client } = &self.fixture.ids;
        let of_client = |more| with(json!({ "ClientId": client }), more);
        let named = |more| with(json!({ "ClientId": client, "Username": "ann" }), more);
        let admin = |more| with(json!({ "UserPoolId": pool, "Username": "ann" }), more);
        let borne = |more| with(json!({ "AccessToken": token }), more);
        let flow = |flow: &str, more| {
            let parameters = with(json!({ "USERNAME": "ann" }), more);
            of_client(json!({ "AuthFlow": flow, "AuthParameters": parameters }))
        };
        let answer = |challenge: &str, more| {
            let responses = with(json!({ "USERNAME": "ann" }), more);
            let session = self.handle.expose();
            let request = json!({ "ChallengeName": challenge, "ChallengeResponses": responses });
            with(of_client(request), json!({ "Session": session }))
        };
        let in_pool = |request| with(request, json!({ "UserPoolId": pool }));
        let (none, password) = (|| json!({}), || json!({ "PASSWORD": PASSWORD }));
        let srp_a = || json!({ "SRP_A": SrpClient::new(7).srp_a() });
        let attributes = || json!({ "UserAttributes": [{ "Name": "name", "Value": "Ann" }] });
        let attribute_names = || json!({ "UserAttributeNames": ["name"] });
        let device = || json!({ "DeviceKey": self.device });
        let forgotten = || with(device(), json!({ "DeviceRememberedStatus": "not_remembered" }));
        let preference = || json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        let options = || json!({ "MFAOptions": [] });
        let group = || json!({ "GroupName": "staff" });
        let verifier = STANDARD.encode(verifier("group", &self.device, &[9; 16], "its own"));
        let verifier = json!({ "PasswordVerifier": verifier, "Salt": STANDARD.encode([9; 16]) });
        vec![
            // Signing up.
            ("SignUp", named(json!({ "Password": PASSWORD }))),
            ("ConfirmSignUp", named(json!({ "ConfirmationCode": CODE }))),
            ("AdminConfirmSignUp", admin(none())),
            ("ResendConfirmationCode", named(none())),
            // Administering.
            ("AdminCreateUser", admin(json!({ "TemporaryPassword": PASSWORD }))),
            (
                "AdminCreateUser, RESEND",
                admin(json!({ "DesiredDeliveryMediums": ["EMAIL"], "MessageAction": "RESEND" })),
            ),
            ("AdminGetUser", admin(none())),
            ("AdminGetUserAuthFactors", admin(none())),
            ("AdminDeleteUser", admin(none())),
            ("AdminEnableUser", admin(none())),
            ("AdminDisableUser", admin(none())),
            ("AdminUpdateUserAttributes", admin(attributes())),
            ("AdminDeleteUserAttributes", admin(attribute_names())),
            ("AdminSetUserPassword, permanent", admin(json!({ "Password": PASSWORD, "Permanent": true }))),
            ("AdminSetUserPassword, temporary", admin(json!({ "Password": PASSWORD }))),
            ("AdminResetUserPassword", admin(none())),
            ("AdminListUserAuthEvents", admin(none())),
            ("AdminAddUserToGroup", admin(group())),
            ("AdminListGroupsForUser", admin(none())),
            ("AdminRemoveUserFromGroup", admin(group())),
            // Recovering.
            ("ForgotPassword", named(none())),
            ("ConfirmForgotPassword", named(json!({ "ConfirmationCode": CODE, "Password": PASSWORD }))),
            // Signing in.
            ("InitiateAuth, USER_PASSWORD_AUTH", flow("USER_PASSWORD_AUTH", password())),
            ("InitiateAuth, USER_SRP_AUTH", flow("USER_SRP_AUTH", srp_a())),
            ("InitiateAuth, USER_AUTH", flow("USER_AUTH", none())),
            (
                "InitiateAuth, USER_AUTH by EMAIL_OTP",
                flow("USER_AUTH", json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" })),
            ),
            (
                "InitiateAuth, USER_AUTH by WEB_AUTHN",
                flow("USER_AUTH", json!({ "PREFERRED_CHALLENGE": "WEB_AUTHN" })),
            ),
            (AFTER_SIGN_UP, with(flow("USER_AUTH", none()), json!({ "Session": self.handle.expose() }))),
            (
                "InitiateAuth, REFRESH_TOKEN_AUTH",
                flow(
                    "REFRESH_TOKEN_AUTH",
                    json!({ "DEVICE_KEY": self.device, "REFRESH_TOKEN": self.refresh_token }),
                ),
            ),
            (
                "AdminInitiateAuth, ADMIN_USER_PASSWORD_AUTH",
                in_pool(flow("ADMIN_USER_PASSWORD_AUTH", password())),
            ),
            (
                "RespondToAuthChallenge, SELECT_CHALLENGE",
                answer("SELECT_CHALLENGE", json!({ "ANSWER": "PASSWORD" })),
            ),
            ("RespondToAuthChallenge, PASSWORD", answer("PASSWORD", password())),
            ("RespondToAuthChallenge, PASSWORD_SRP", answer("PASSWORD_SRP", srp_a())),
            (
                "RespondToAuthChallenge, PASSWORD_VERIFIER",
                of_client(json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": self.claim })),
            ),
            (
                "RespondToAuthChallenge, NEW_PASSWORD_REQUIRED",
                answer("NEW_PASSWORD_REQUIRED", json!({ "NEW_PASSWORD": PASSWORD })),
            ),
            (
                "RespondToAuthChallenge, EMAIL_OTP",
                answer("EMAIL_OTP", json!({ "EMAIL_OTP_CODE": SIGN_IN_CODE })),
            ),
            (
                "RespondToAuthChallenge, SOFTWARE_TOKEN_MFA",
                answer("SOFTWARE_TOKEN_MFA", json!({ "SOFTWARE_TOKEN_MFA_CODE": self.app_code })),
            ),
            (
                "RespondToAuthChallenge, WEB_AUTHN",
                answer("WEB_AUTHN", json!({ "CREDENTIAL": self.assertion })),
            ),
            ("AdminRespondToAuthChallenge, PASSWORD", in_pool(answer("PASSWORD", password()))),
            (
                "AdminRespondToAuthChallenge, NEW_PASSWORD_REQUIRED",
                in_pool(answer("NEW_PASSWORD_REQUIRED", json!({ "NEW_PASSWORD": PASSWORD }))),
            ),
            (
                "GetTokensFromRefreshToken",
                of_client(with(device(), json!({ "RefreshToken": self.refresh_token }))),
            ),
            ("RevokeToken", of_client(json!({ "Token": self.refresh_token }))),
            ("GlobalSignOut", borne(none())),
            ("AdminUserGlobalSignOut", admin(none())),
            // One's own account.
            ("GetUser", borne(none())),
            ("UpdateUserAttributes", borne(attributes())),
            ("DeleteUserAttributes", borne(attribute_names())),
            ("GetUserAttributeVerificationCode", borne(json!({ "AttributeName": "email" }))),
            ("VerifyUserAttribute", borne(json!({ "AttributeName": "email", "Code": CODE }))),
            ("ChangePassword", borne(json!({ "PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD }))),
            ("DeleteUser", borne(none())),
            ("GetUserAuthFactors", borne(none())),
            // Second factors.
            ("AssociateSoftwareToken", borne(none())),
            ("VerifySoftwareToken", borne(json!({ "UserCode": self.app_code }))),
            ("SetUserMFAPreference", borne(preference())),
            ("AdminSetUserMFAPreference", admin(preference())),
            ("AdminDeleteSoftwareToken", admin(none())),
            ("SetUserSettings", borne(options())),
            ("AdminSetUserSettings", admin(options())),
            // Devices.
            ("ConfirmDevice", borne(with(device(), json!({ "DeviceSecretVerifierConfig": verifier })))),
            ("GetDevice", borne(device())),
            ("AdminGetDevice", admin(device())),
            ("ListDevices", borne(none())),
            ("AdminListDevices", admin(none())),
            ("UpdateDeviceStatus", borne(forgotten())),
            ("AdminUpdateDeviceStatus", admin(forgotten())),
            ("ForgetDevice", borne(device())),
            ("AdminForgetDevice", admin(device())),
            // Passkeys.
            ("StartWebAuthnRegistration", borne(none())),
            ("CompleteWebAuthnRegistration", borne(json!({ "Credential": self.registration }))),
            ("ListWebAuthnCredentials", borne(none())),
            ("DeleteWebAuthnCredential", borne(json!({ "CredentialId": self.passkey }))),
        ]
    }
}
