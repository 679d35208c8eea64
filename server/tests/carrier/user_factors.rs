//! Sign-in of the users of `user_lifecycle` by every factor: choice, codes, authenticator apps, devices and custom challenges.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    functions::{Behavior, Functions, arn},
    recording_client::{RecordingClient, other_than, text},
    srp_client::{self, Challenge, SrpClient, TIME},
    user_lifecycle::{PASSWORD, WRONG},
};

/// The password of a user in another directory.
const MIGRATED: &str = "M1grated-Passw0rd";
/// The answer to the custom challenge.
const ANSWER: &str = "Pr1vate-Answer";

/// Signs in by USER_AUTH with each factor.
pub(crate) fn sign_in_by_choice(client: &mut RecordingClient) {
    let request = client.initiate("USER_AUTH", "ann", &[]);
    let response = client.expect_output("InitiateAuth", request);
    let select =
        client.respond("SELECT_CHALLENGE", &response, &[("ANSWER", "PASSWORD"), ("PASSWORD", PASSWORD)]);
    client.expect_output("RespondToAuthChallenge", select);
    let request = client.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", "PASSWORD")]);
    let response = client.expect_output("InitiateAuth", request);
    for password in [WRONG, PASSWORD] {
        let answer = client.respond("PASSWORD", &response, &[("PASSWORD", password)]);
        client.call("RespondToAuthChallenge", &answer);
    }
    let (srp, response) = client.begin_srp("USER_AUTH");
    let mut proof = client.srp_proof(&srp, &response, PASSWORD);
    proof["Session"] = response["Session"].clone();
    client.expect_output("RespondToAuthChallenge", proof);

    let phone = json!([
        {"Name": "phone_number", "Value": "+15555550100"}, {"Name": "phone_number_verified", "Value": "true"},
    ]);
    let update = json!({"UserPoolId": client.pool, "Username": "ann", "UserAttributes": phone});
    client.expect_output("AdminUpdateUserAttributes", update);
    for (factor, name) in [("EMAIL_OTP", "EMAIL_OTP_CODE"), ("SMS_OTP", "SMS_OTP_CODE")] {
        let request = client.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", factor)]);
        let response = client.expect_output("InitiateAuth", request);
        let code = client.code("ann");
        let wrong = client.respond(factor, &response, &[(name, &other_than(&code))]);
        client.refused("RespondToAuthChallenge", wrong);
        let right = client.respond(factor, &response, &[(name, &code)]);
        client.expect_output("RespondToAuthChallenge", right);
    }
}

/// Signs in with codes by SMS and email as the second factor.
pub(crate) fn use_sent_second_factors(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": client.pool, "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}},
        "EmailMfaConfiguration": {"Message": "mail {####}"},
    });
    client.expect_output("SetUserPoolMfaConfig", config);
    for (settings, challenge, name) in
        [("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE"), ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE")]
    {
        let prefer = |is_on: bool| {
            let value = json!({"Enabled": is_on, "PreferredMfa": is_on});
            json!({"AccessToken": token, settings: value})
        };
        client.expect_output("SetUserMFAPreference", prefer(true));
        let request = client.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
        let response = client.expect_output("InitiateAuth", request);
        let code = client.code("ann");
        let wrong = client.respond(challenge, &response, &[(name, &other_than(&code))]);
        client.refused("RespondToAuthChallenge", wrong);
        let right = client.respond(challenge, &response, &[(name, &code)]);
        client.expect_output("RespondToAuthChallenge", right);
        client.expect_output("SetUserMFAPreference", prefer(false));
    }
}

/// Sets an authenticator app up, signs in with it, and turns it off.
pub(crate) fn use_authenticator_app(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": client.pool, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
    });
    client.expect_output("SetUserPoolMfaConfig", config);
    let secret =
        text(&client.expect_output("AssociateSoftwareToken", json!({"AccessToken": token})), "/SecretCode");
    let code = client.app_code(&secret);
    let verify = |code: &str| json!({"AccessToken": token, "UserCode": code});
    client.refused("VerifySoftwareToken", verify(&other_than(&code)));
    client.expect_output("VerifySoftwareToken", verify(&code));
    let prefer = |is_on: bool| {
        let settings = json!({"Enabled": is_on, "PreferredMfa": is_on});
        json!({"AccessToken": token, "SoftwareTokenMfaSettings": settings})
    };
    client.expect_output("SetUserMFAPreference", prefer(true));
    let request = client.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
    let response = client.expect_output("InitiateAuth", request);
    let code = client.app_code(&secret);
    let answer = |client: &RecordingClient, code: &str| {
        client.respond("SOFTWARE_TOKEN_MFA", &response, &[("SOFTWARE_TOKEN_MFA_CODE", code)])
    };
    let (wrong, right) = (answer(client, &other_than(&code)), answer(client, &code));
    client.refused("RespondToAuthChallenge", wrong);
    client.expect_output("RespondToAuthChallenge", right);
    client.expect_output("SetUserMFAPreference", prefer(false));
}

/// Signs in by a custom challenge, and as a user that UserMigration takes from another directory.
pub(crate) fn call_triggers(client: &mut RecordingClient, functions: &Functions) {
    functions.when(
        "define",
        Behavior::Answer(|event| {
            let is_right = event["request"]["session"][0]["challengeResult"].as_bool();
            event["response"] = match is_right {
                None => json!({"challengeName": "CUSTOM_CHALLENGE"}),
                Some(is_right) => json!({"issueTokens": is_right, "failAuthentication": !is_right}),
            };
        }),
    );
    functions.when(
        "create",
        Behavior::Answer(|event| {
            event["response"] = json!({"privateChallengeParameters": {"answer": ANSWER}});
        }),
    );
    functions.when(
        "verify",
        Behavior::Answer(|event| {
            let request = &event["request"];
            let is_right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
            event["response"]["answerCorrect"] = json!(is_right);
        }),
    );
    functions.when(
        "migrate",
        Behavior::Answer(|event| {
            if event["request"]["password"] == MIGRATED {
                event["response"]["userAttributes"] = json!({"email": "dora@example.com"});
            }
        }),
    );
    let config = json!({
        "DefineAuthChallenge": arn("define"), "CreateAuthChallenge": arn("create"),
        "VerifyAuthChallengeResponse": arn("verify"), "UserMigration": arn("migrate"),
    });
    let devices = json!({"ChallengeRequiredOnNewDevice": false});
    let update = json!({"UserPoolId": client.pool, "LambdaConfig": config, "DeviceConfiguration": devices});
    client.expect_output("UpdateUserPool", update);
    client.secrets.add("answer", b"Wr0ng-Answer");
    client.secrets.add("answer", ANSWER.as_bytes());
    for answer in ["Wr0ng-Answer", ANSWER] {
        let request = client.initiate("CUSTOM_AUTH", "ann", &[]);
        let response = client.expect_output("InitiateAuth", request);
        let responded = client.respond("CUSTOM_CHALLENGE", &response, &[("ANSWER", answer)]);
        let responded = client.call("RespondToAuthChallenge", &responded);
        assert_eq!(responded.status == 200, answer == ANSWER, "{responded:?}");
    }
    let wrong = client.initiate("USER_PASSWORD_AUTH", "dora", &[("PASSWORD", WRONG)]);
    client.refused("InitiateAuth", wrong);
    client.by_password("dora", MIGRATED);
}

/// Confirms a device, and signs in with its password.
pub(crate) fn use_device(client: &mut RecordingClient) {
    const DEVICE_PASSWORD: &str = "Passw0rd-of-a-device";
    client.secrets.add("answer", DEVICE_PASSWORD.as_bytes());
    let tokens = client.by_password("dora", MIGRATED);
    let metadata = |name: &str| text(&tokens, &format!("/NewDeviceMetadata/{name}"));
    let (key, group, salt) = (metadata("DeviceKey"), metadata("DeviceGroupKey"), [8; 16]);
    let verifier = srp_client::verifier(&group, &key, &salt, DEVICE_PASSWORD);
    let verifier = json!({"PasswordVerifier": STANDARD.encode(verifier), "Salt": STANDARD.encode(salt)});
    let confirm = json!({
        "AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": verifier,
    });
    client.expect_output("ConfirmDevice", confirm);
    for password in ["Wr0ng-of-a-device", DEVICE_PASSWORD] {
        let parameters = [("PASSWORD", MIGRATED), ("DEVICE_KEY", &key)];
        let request = client.initiate("USER_PASSWORD_AUTH", "dora", &parameters);
        let response = client.expect_output("InitiateAuth", request);
        let (srp, hash) = (SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1), client.hash("dora"));
        let dora = [("USERNAME", "dora"), ("SECRET_HASH", hash.as_str()), ("DEVICE_KEY", key.as_str())];
        let a = srp.srp_a();
        let begin = client.respond("DEVICE_SRP_AUTH", &response, &[&dora[..], &[("SRP_A", &a)]].concat());
        let response = client.expect_output("RespondToAuthChallenge", begin);
        let get = |name: &str| text(&response, &format!("/ChallengeParameters/{name}"));
        let (salt, b, block) = (get("SALT"), get("SRP_B"), get("SECRET_BLOCK"));
        let challenge = Challenge { pool: &group, user: &key, salt: &salt, b: &b, secret_block: &block };
        let signature = srp.sign(&challenge, password);
        let claim = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", block.as_str()),
            ("PASSWORD_CLAIM_SIGNATURE", &signature),
            ("TIMESTAMP", TIME),
        ];
        let claim = client.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, &[&dora[..], &claim].concat());
        let answer = client.call("RespondToAuthChallenge", &claim);
        assert_eq!(answer.status == 200, password == DEVICE_PASSWORD, "{answer:?}");
    }
}

/// Sets an authenticator app up at a first sign-in that requires MFA.
pub(crate) fn set_up_required_app(client: &mut RecordingClient) {
    let require = |mode: &str| {
        json!({
            "UserPoolId": client.pool, "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": {"Enabled": true},
        })
    };
    let (on, off) = (require("ON"), require("OPTIONAL"));
    // MFA that is required excludes codes as first factors.
    let passwords_only = json!({
        "UserPoolId": client.pool, "AutoVerifiedAttributes": ["email"],
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}},
    });
    client.expect_output("UpdateUserPool", passwords_only);
    let create = json!({"UserPoolId": client.pool, "Username": "gina", "MessageAction": "SUPPRESS"});
    client.expect_output("AdminCreateUser", create);
    let own = json!({
        "UserPoolId": client.pool, "Username": "gina", "Password": "G1nas-own-Passw0rd", "Permanent": true,
    });
    client.expect_output("AdminSetUserPassword", own);
    client.expect_output("SetUserPoolMfaConfig", on);
    let begin = client.initiate("USER_PASSWORD_AUTH", "gina", &[("PASSWORD", "G1nas-own-Passw0rd")]);
    let response = client.expect_output("InitiateAuth", begin);
    let response = client.expect_output("AssociateSoftwareToken", json!({"Session": response["Session"]}));
    let code = client.app_code(&text(&response, "/SecretCode"));
    let verify = |code: &str| json!({"Session": response["Session"], "UserCode": code});
    client.refused("VerifySoftwareToken", verify(&other_than(&code)));
    let verified = client.expect_output("VerifySoftwareToken", verify(&code));
    let hash = client.hash("gina");
    let done = client.respond("MFA_SETUP", &verified, &[("USERNAME", "gina"), ("SECRET_HASH", &hash)]);
    client.expect_output("RespondToAuthChallenge", done);
    client.expect_output("SetUserPoolMfaConfig", off);
}
