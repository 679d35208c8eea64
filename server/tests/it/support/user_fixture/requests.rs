//! The requests of [`UserFixture::requests`], by area.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{AFTER_SIGN_UP, CODE, SIGN_IN_CODE, UserFixture, merge};
use crate::{
    srp_client::{SrpClient, verifier},
    support::{PASSWORD, PoolAndClient},
};

impl UserFixture {
    /// Returns every row with its request. Requests that take an access token have `token`.
    pub(crate) fn requests(&self, token: &str) -> Vec<(&'static str, Value)> {
        let PoolAndClient { pool, client } = &self.fixture.ids;
        let of_client = |more| merge(json!({ "ClientId": client }), more);
        let named = |more| merge(json!({ "ClientId": client, "Username": "ann" }), more);
        let admin = |more| merge(json!({ "UserPoolId": pool, "Username": "ann" }), more);
        let with_token = |more| merge(json!({ "AccessToken": token }), more);
        let flow = |flow: &str, more| {
            let parameters = merge(json!({ "USERNAME": "ann" }), more);
            of_client(json!({ "AuthFlow": flow, "AuthParameters": parameters }))
        };
        let answer = |challenge: &str, more| {
            let responses = merge(json!({ "USERNAME": "ann" }), more);
            let session = self.handle.expose();
            let request = json!({ "ChallengeName": challenge, "ChallengeResponses": responses });
            merge(of_client(request), json!({ "Session": session }))
        };
        let in_pool = |request| merge(request, json!({ "UserPoolId": pool }));
        let (none, password) = (|| json!({}), || json!({ "PASSWORD": PASSWORD }));
        let srp_a = || json!({ "SRP_A": SrpClient::new(7).srp_a() });
        let attributes = || json!({ "UserAttributes": [{ "Name": "name", "Value": "Ann" }] });
        let attribute_names = || json!({ "UserAttributeNames": ["name"] });
        let device = || json!({ "DeviceKey": self.device });
        let not_remembered = || merge(device(), json!({ "DeviceRememberedStatus": "not_remembered" }));
        let preference = || json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        let options = || json!({ "MFAOptions": [] });
        let group = || json!({ "GroupName": "staff" });
        let verifier = STANDARD.encode(verifier("group", &self.device, &[9; 16], "its own"));
        let verifier = json!({ "PasswordVerifier": verifier, "Salt": STANDARD.encode([9; 16]) });
        vec![
            // Sign-up.
            ("SignUp", named(json!({ "Password": PASSWORD }))),
            ("ConfirmSignUp", named(json!({ "ConfirmationCode": CODE }))),
            ("AdminConfirmSignUp", admin(none())),
            ("ResendConfirmationCode", named(none())),
            // Administration.
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
            // Account recovery.
            ("ForgotPassword", named(none())),
            ("ConfirmForgotPassword", named(json!({ "ConfirmationCode": CODE, "Password": PASSWORD }))),
            // Sign-in and tokens.
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
            (AFTER_SIGN_UP, merge(flow("USER_AUTH", none()), json!({ "Session": self.handle.expose() }))),
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
                of_client(
                    json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": self.srp_claim }),
                ),
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
                answer("SOFTWARE_TOKEN_MFA", json!({ "SOFTWARE_TOKEN_MFA_CODE": self.totp_code })),
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
                of_client(merge(device(), json!({ "RefreshToken": self.refresh_token }))),
            ),
            (
                "GetDerivedToken",
                of_client(json!({ "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN" })),
            ),
            ("RevokeToken", of_client(json!({ "Token": self.refresh_token }))),
            ("GlobalSignOut", with_token(none())),
            ("AdminUserGlobalSignOut", admin(none())),
            // The user's own account.
            ("GetUser", with_token(none())),
            ("UpdateUserAttributes", with_token(attributes())),
            ("DeleteUserAttributes", with_token(attribute_names())),
            ("GetUserAttributeVerificationCode", with_token(json!({ "AttributeName": "email" }))),
            ("VerifyUserAttribute", with_token(json!({ "AttributeName": "email", "Code": CODE }))),
            (
                "ChangePassword",
                with_token(json!({ "PreviousPassword": PASSWORD, "ProposedPassword": PASSWORD })),
            ),
            ("DeleteUser", with_token(none())),
            ("GetUserAuthFactors", with_token(none())),
            // Second factors.
            ("AssociateSoftwareToken", with_token(none())),
            ("VerifySoftwareToken", with_token(json!({ "UserCode": self.totp_code }))),
            ("SetUserMFAPreference", with_token(preference())),
            ("AdminSetUserMFAPreference", admin(preference())),
            ("AdminDeleteSoftwareToken", admin(none())),
            ("SetUserSettings", with_token(options())),
            ("AdminSetUserSettings", admin(options())),
            // Devices.
            ("ConfirmDevice", with_token(merge(device(), json!({ "DeviceSecretVerifierConfig": verifier })))),
            ("GetDevice", with_token(device())),
            ("AdminGetDevice", admin(device())),
            ("ListDevices", with_token(none())),
            ("AdminListDevices", admin(none())),
            ("UpdateDeviceStatus", with_token(not_remembered())),
            ("AdminUpdateDeviceStatus", admin(not_remembered())),
            ("ForgetDevice", with_token(device())),
            ("AdminForgetDevice", admin(device())),
            // Passkeys.
            ("StartWebAuthnRegistration", with_token(none())),
            ("CompleteWebAuthnRegistration", with_token(json!({ "Credential": self.registration }))),
            ("ListWebAuthnCredentials", with_token(none())),
            ("DeleteWebAuthnCredential", with_token(json!({ "CredentialId": self.passkey }))),
        ]
    }
}
