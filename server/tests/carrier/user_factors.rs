//! The factors of the users of `user_lifecycle`: chosen, sent, shown by an app, a device or a function.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    functions::{Does, Functions, arn},
    recording_client::{RecordingClient, other_than, text},
    srp_client::{self, Challenge, SrpClient, TIME},
    user_lifecycle::{PASSWORD, WRONG},
};

/// Of a user of another directory.
const MIGRATED: &str = "M1grated-Passw0rd";
/// What a custom challenge is answered with.
const ANSWER: &str = "Pr1vate-Answer";

/// USER_AUTH by each of its factors.
pub(crate) fn choose_factors(client: &mut RecordingClient) {
    let asked = client.initiate("USER_AUTH", "ann", &[]);
    let asked = client.done("InitiateAuth", asked);
    let select =
        client.respond("SELECT_CHALLENGE", &asked, &[("ANSWER", "PASSWORD"), ("PASSWORD", PASSWORD)]);
    client.done("RespondToAuthChallenge", select);
    let asked = client.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", "PASSWORD")]);
    let asked = client.done("InitiateAuth", asked);
    for password in [WRONG, PASSWORD] {
        let answer = client.respond("PASSWORD", &asked, &[("PASSWORD", password)]);
        client.call("RespondToAuthChallenge", &answer);
    }
    let (srp, asked) = client.begin_exchange("USER_AUTH");
    let mut claim = client.claim(&srp, &asked, PASSWORD);
    claim["Session"] = asked["Session"].clone();
    client.done("RespondToAuthChallenge", claim);

    let phone = json!([
        {"Name": "phone_number", "Value": "+15555550100"}, {"Name": "phone_number_verified", "Value": "true"},
    ]);
    let update = json!({"UserPoolId": client.pool, "Username": "ann", "UserAttributes": phone});
    client.done("AdminUpdateUserAttributes", update);
    for (factor, name) in [("EMAIL_OTP", "EMAIL_OTP_CODE"), ("SMS_OTP", "SMS_OTP_CODE")] {
        let asked = client.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", factor)]);
        let asked = client.done("InitiateAuth", asked);
        let code = client.code("ann");
        let wrong = client.respond(factor, &asked, &[(name, &other_than(&code))]);
        client.refused("RespondToAuthChallenge", wrong);
        let right = client.respond(factor, &asked, &[(name, &code)]);
        client.done("RespondToAuthChallenge", right);
    }
}

/// Second factors that are sent.
pub(crate) fn receive_second_factors(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": client.pool, "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}},
        "EmailMfaConfiguration": {"Message": "mail {####}"},
    });
    client.done("SetUserPoolMfaConfig", config);
    for (settings, challenge, name) in
        [("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE"), ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE")]
    {
        let prefer = |is_on: bool| {
            let wish = json!({"Enabled": is_on, "PreferredMfa": is_on});
            json!({"AccessToken": token, settings: wish})
        };
        client.done("SetUserMFAPreference", prefer(true));
        let asked = client.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
        let asked = client.done("InitiateAuth", asked);
        let code = client.code("ann");
        let wrong = client.respond(challenge, &asked, &[(name, &other_than(&code))]);
        client.refused("RespondToAuthChallenge", wrong);
        let right = client.respond(challenge, &asked, &[(name, &code)]);
        client.done("RespondToAuthChallenge", right);
        client.done("SetUserMFAPreference", prefer(false));
    }
}

/// An authenticator app, set up, used, and given up.
pub(crate) fn add_second_factor(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": client.pool, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
    });
    client.done("SetUserPoolMfaConfig", config);
    let secret = text(&client.done("AssociateSoftwareToken", json!({"AccessToken": token})), "/SecretCode");
    let code = client.app_code(&secret);
    let verify = |code: &str| json!({"AccessToken": token, "UserCode": code});
    client.refused("VerifySoftwareToken", verify(&other_than(&code)));
    client.done("VerifySoftwareToken", verify(&code));
    let prefer = |is_on: bool| {
        let settings = json!({"Enabled": is_on, "PreferredMfa": is_on});
        json!({"AccessToken": token, "SoftwareTokenMfaSettings": settings})
    };
    client.done("SetUserMFAPreference", prefer(true));
    let asked = client.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
    let asked = client.done("InitiateAuth", asked);
    let code = client.app_code(&secret);
    let answer = |client: &RecordingClient, code: &str| {
        client.respond("SOFTWARE_TOKEN_MFA", &asked, &[("SOFTWARE_TOKEN_MFA_CODE", code)])
    };
    let (wrong, right) = (answer(client, &other_than(&code)), answer(client, &code));
    client.refused("RespondToAuthChallenge", wrong);
    client.done("RespondToAuthChallenge", right);
    client.done("SetUserMFAPreference", prefer(false));
}

/// What functions ask and are told: custom challenges, and the password of a user of another directory.
pub(crate) fn be_asked_by_functions(client: &mut RecordingClient, functions: &Functions) {
    functions.when(
        "define",
        Does::Answer(|event| {
            let is_right = event["request"]["session"][0]["challengeResult"].as_bool();
            event["response"] = match is_right {
                None => json!({"challengeName": "CUSTOM_CHALLENGE"}),
                Some(is_right) => json!({"issueTokens": is_right, "failAuthentication": !is_right}),
            };
        }),
    );
    functions.when(
        "create",
        Does::Answer(|event| {
            event["response"] = json!({"privateChallengeParameters": {"answer": ANSWER}});
        }),
    );
    functions.when(
        "verify",
        Does::Answer(|event| {
            let request = &event["request"];
            let is_right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
            event["response"]["answerCorrect"] = json!(is_right);
        }),
    );
    functions.when(
        "migrate",
        Does::Answer(|event| {
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
    client.done("UpdateUserPool", update);
    client.secrets.note("answer", b"Wr0ng-Answer");
    client.secrets.note("answer", ANSWER.as_bytes());
    for answer in ["Wr0ng-Answer", ANSWER] {
        let asked = client.initiate("CUSTOM_AUTH", "ann", &[]);
        let asked = client.done("InitiateAuth", asked);
        let responded = client.respond("CUSTOM_CHALLENGE", &asked, &[("ANSWER", answer)]);
        let responded = client.call("RespondToAuthChallenge", &responded);
        assert_eq!(responded.status == 200, answer == ANSWER, "{responded:?}");
    }
    let wrong = client.initiate("USER_PASSWORD_AUTH", "dora", &[("PASSWORD", WRONG)]);
    client.refused("InitiateAuth", wrong);
    client.by_password("dora", MIGRATED);
}

/// A device, confirmed, and signed in on by its own password.
pub(crate) fn be_on_a_device(client: &mut RecordingClient) {
    const DEVICE_PASSWORD: &str = "Passw0rd-of-a-device";
    client.secrets.note("answer", DEVICE_PASSWORD.as_bytes());
    let tokens = client.by_password("dora", MIGRATED);
    let metadata = |name: &str| text(&tokens, &format!("/NewDeviceMetadata/{name}"));
    let (key, group, salt) = (metadata("DeviceKey"), metadata("DeviceGroupKey"), [8; 16]);
    let verifier = srp_client::verifier(&group, &key, &salt, DEVICE_PASSWORD);
    let verifier = json!({"PasswordVerifier": STANDARD.encode(verifier), "Salt": STANDARD.encode(salt)});
    let confirm = json!({
        "AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": verifier,
    });
    client.done("ConfirmDevice", confirm);
    for password in ["Wr0ng-of-a-device", DEVICE_PASSWORD] {
        let begin = [("PASSWORD", MIGRATED), ("DEVICE_KEY", &key)];
        let begin = client.initiate("USER_PASSWORD_AUTH", "dora", &begin);
        let asked = client.done("InitiateAuth", begin);
        let (srp, hash) = (SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1), client.hash("dora"));
        let dora = [("USERNAME", "dora"), ("SECRET_HASH", hash.as_str()), ("DEVICE_KEY", key.as_str())];
        let a = srp.srp_a();
        let begin = client.respond("DEVICE_SRP_AUTH", &asked, &[&dora[..], &[("SRP_A", &a)]].concat());
        let asked = client.done("RespondToAuthChallenge", begin);
        let get = |name: &str| text(&asked, &format!("/ChallengeParameters/{name}"));
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

/// An app that is set up at the first sign-in, because one is required.
pub(crate) fn set_an_app_up(client: &mut RecordingClient) {
    let require = |mode: &str| json!({"UserPoolId": client.pool, "MfaConfiguration": mode});
    let (on, off) = (require("ON"), require("OPTIONAL"));
    let create = json!({"UserPoolId": client.pool, "Username": "gina", "MessageAction": "SUPPRESS"});
    client.done("AdminCreateUser", create);
    let own = json!({
        "UserPoolId": client.pool, "Username": "gina", "Password": "G1nas-own-Passw0rd", "Permanent": true,
    });
    client.done("AdminSetUserPassword", own);
    client.done("SetUserPoolMfaConfig", on);
    let begin = client.initiate("USER_PASSWORD_AUTH", "gina", &[("PASSWORD", "G1nas-own-Passw0rd")]);
    let asked = client.done("InitiateAuth", begin);
    let asked = client.done("AssociateSoftwareToken", json!({"Session": asked["Session"]}));
    let code = client.app_code(&text(&asked, "/SecretCode"));
    let verify = |code: &str| json!({"Session": asked["Session"], "UserCode": code});
    client.refused("VerifySoftwareToken", verify(&other_than(&code)));
    let verified = client.done("VerifySoftwareToken", verify(&code));
    let hash = client.hash("gina");
    let done = client.respond("MFA_SETUP", &verified, &[("USERNAME", "gina"), ("SECRET_HASH", &hash)]);
    client.done("RespondToAuthChallenge", done);
    client.done("SetUserPoolMfaConfig", off);
}
