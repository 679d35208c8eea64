//! The factors in somebody's life: chosen, sent, shown by an app, a device or a function.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    functions::{Does, Functions, arn},
    life::{PASSWORD, WRONG},
    srp_client::{self, Challenge, SrpClient, TIME},
    talk::{Talk, other_than, text},
};

/// Of a user of another directory.
const MIGRATED: &str = "M1grated-Passw0rd";
/// What a custom challenge is answered with.
const ANSWER: &str = "Pr1vate-Answer";

/// USER_AUTH by each of its factors.
pub(crate) fn choose_factors(talk: &mut Talk) {
    let asked = talk.initiate("USER_AUTH", "ann", &[]);
    let asked = talk.done("InitiateAuth", asked);
    let select = talk.respond("SELECT_CHALLENGE", &asked, &[("ANSWER", "PASSWORD"), ("PASSWORD", PASSWORD)]);
    talk.done("RespondToAuthChallenge", select);
    let asked = talk.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", "PASSWORD")]);
    let asked = talk.done("InitiateAuth", asked);
    for password in [WRONG, PASSWORD] {
        let answer = talk.respond("PASSWORD", &asked, &[("PASSWORD", password)]);
        talk.call("RespondToAuthChallenge", &answer);
    }
    let (srp, asked) = talk.begin_exchange("USER_AUTH");
    let mut claim = talk.claim(&srp, &asked, PASSWORD);
    claim["Session"] = asked["Session"].clone();
    talk.done("RespondToAuthChallenge", claim);

    let phone = json!([
        {"Name": "phone_number", "Value": "+15555550100"}, {"Name": "phone_number_verified", "Value": "true"},
    ]);
    let update = json!({"UserPoolId": talk.pool, "Username": "ann", "UserAttributes": phone});
    talk.done("AdminUpdateUserAttributes", update);
    for (factor, name) in [("EMAIL_OTP", "EMAIL_OTP_CODE"), ("SMS_OTP", "SMS_OTP_CODE")] {
        let asked = talk.initiate("USER_AUTH", "ann", &[("PREFERRED_CHALLENGE", factor)]);
        let asked = talk.done("InitiateAuth", asked);
        let code = talk.code("ann");
        let wrong = talk.respond(factor, &asked, &[(name, &other_than(&code))]);
        talk.refused("RespondToAuthChallenge", wrong);
        let right = talk.respond(factor, &asked, &[(name, &code)]);
        talk.done("RespondToAuthChallenge", right);
    }
}

/// Second factors that are sent.
pub(crate) fn receive_second_factors(talk: &mut Talk, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": talk.pool, "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}},
        "EmailMfaConfiguration": {"Message": "mail {####}"},
    });
    talk.done("SetUserPoolMfaConfig", config);
    for (settings, challenge, name) in
        [("SMSMfaSettings", "SMS_MFA", "SMS_MFA_CODE"), ("EmailMfaSettings", "EMAIL_OTP", "EMAIL_OTP_CODE")]
    {
        let prefer = |is_on: bool| {
            let wish = json!({"Enabled": is_on, "PreferredMfa": is_on});
            json!({"AccessToken": token, settings: wish})
        };
        talk.done("SetUserMFAPreference", prefer(true));
        let asked = talk.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
        let asked = talk.done("InitiateAuth", asked);
        let code = talk.code("ann");
        let wrong = talk.respond(challenge, &asked, &[(name, &other_than(&code))]);
        talk.refused("RespondToAuthChallenge", wrong);
        let right = talk.respond(challenge, &asked, &[(name, &code)]);
        talk.done("RespondToAuthChallenge", right);
        talk.done("SetUserMFAPreference", prefer(false));
    }
}

/// An authenticator app, set up, used, and given up.
pub(crate) fn add_second_factor(talk: &mut Talk, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let config = json!({
        "UserPoolId": talk.pool, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": true},
    });
    talk.done("SetUserPoolMfaConfig", config);
    let secret = text(&talk.done("AssociateSoftwareToken", json!({"AccessToken": token})), "/SecretCode");
    let code = talk.app_code(&secret);
    let verify = |code: &str| json!({"AccessToken": token, "UserCode": code});
    talk.refused("VerifySoftwareToken", verify(&other_than(&code)));
    talk.done("VerifySoftwareToken", verify(&code));
    let prefer = |is_on: bool| {
        let settings = json!({"Enabled": is_on, "PreferredMfa": is_on});
        json!({"AccessToken": token, "SoftwareTokenMfaSettings": settings})
    };
    talk.done("SetUserMFAPreference", prefer(true));
    let asked = talk.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
    let asked = talk.done("InitiateAuth", asked);
    let code = talk.app_code(&secret);
    let answer = |talk: &Talk, code: &str| {
        talk.respond("SOFTWARE_TOKEN_MFA", &asked, &[("SOFTWARE_TOKEN_MFA_CODE", code)])
    };
    let (wrong, right) = (answer(talk, &other_than(&code)), answer(talk, &code));
    talk.refused("RespondToAuthChallenge", wrong);
    talk.done("RespondToAuthChallenge", right);
    talk.done("SetUserMFAPreference", prefer(false));
}

/// What functions ask and are told: custom challenges, and the password of a user of another directory.
pub(crate) fn be_asked_by_functions(talk: &mut Talk, functions: &Functions) {
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
    let update = json!({"UserPoolId": talk.pool, "LambdaConfig": config, "DeviceConfiguration": devices});
    talk.done("UpdateUserPool", update);
    talk.secrets.note("answer", b"Wr0ng-Answer");
    talk.secrets.note("answer", ANSWER.as_bytes());
    for answer in ["Wr0ng-Answer", ANSWER] {
        let asked = talk.initiate("CUSTOM_AUTH", "ann", &[]);
        let asked = talk.done("InitiateAuth", asked);
        let responded = talk.respond("CUSTOM_CHALLENGE", &asked, &[("ANSWER", answer)]);
        let responded = talk.call("RespondToAuthChallenge", &responded);
        assert_eq!(responded.status == 200, answer == ANSWER, "{responded:?}");
    }
    let wrong = talk.initiate("USER_PASSWORD_AUTH", "dora", &[("PASSWORD", WRONG)]);
    talk.refused("InitiateAuth", wrong);
    talk.by_password("dora", MIGRATED);
}

/// A device, confirmed, and signed in on by its own password.
pub(crate) fn be_on_a_device(talk: &mut Talk) {
    const DEVICE_PASSWORD: &str = "Passw0rd-of-a-device";
    talk.secrets.note("answer", DEVICE_PASSWORD.as_bytes());
    let tokens = talk.by_password("dora", MIGRATED);
    let metadata = |name: &str| text(&tokens, &format!("/NewDeviceMetadata/{name}"));
    let (key, group, salt) = (metadata("DeviceKey"), metadata("DeviceGroupKey"), [8; 16]);
    let verifier = srp_client::verifier(&group, &key, &salt, DEVICE_PASSWORD);
    let verifier = json!({"PasswordVerifier": STANDARD.encode(verifier), "Salt": STANDARD.encode(salt)});
    let confirm = json!({
        "AccessToken": tokens["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": verifier,
    });
    talk.done("ConfirmDevice", confirm);
    for password in ["Wr0ng-of-a-device", DEVICE_PASSWORD] {
        let begin = [("PASSWORD", MIGRATED), ("DEVICE_KEY", &key)];
        let begin = talk.initiate("USER_PASSWORD_AUTH", "dora", &begin);
        let asked = talk.done("InitiateAuth", begin);
        let (srp, hash) = (SrpClient::new(0x1234_5678_9abc_def0_1234_5678_9abc_def1), talk.hash("dora"));
        let dora = [("USERNAME", "dora"), ("SECRET_HASH", hash.as_str()), ("DEVICE_KEY", key.as_str())];
        let a = srp.srp_a();
        let begin = talk.respond("DEVICE_SRP_AUTH", &asked, &[&dora[..], &[("SRP_A", &a)]].concat());
        let asked = talk.done("RespondToAuthChallenge", begin);
        let get = |name: &str| text(&asked, &format!("/ChallengeParameters/{name}"));
        let (salt, b, block) = (get("SALT"), get("SRP_B"), get("SECRET_BLOCK"));
        let challenge = Challenge { pool: &group, user: &key, salt: &salt, b: &b, secret_block: &block };
        let signature = srp.sign(&challenge, password);
        let claim = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", block.as_str()),
            ("PASSWORD_CLAIM_SIGNATURE", &signature),
            ("TIMESTAMP", TIME),
        ];
        let claim = talk.respond("DEVICE_PASSWORD_VERIFIER", &Value::Null, &[&dora[..], &claim].concat());
        let answer = talk.call("RespondToAuthChallenge", &claim);
        assert_eq!(answer.status == 200, password == DEVICE_PASSWORD, "{answer:?}");
    }
}

/// An app that is set up at the first sign-in, because one is required.
pub(crate) fn set_an_app_up(talk: &mut Talk) {
    let require = |mode: &str| json!({"UserPoolId": talk.pool, "MfaConfiguration": mode});
    let (on, off) = (require("ON"), require("OPTIONAL"));
    let create = json!({"UserPoolId": talk.pool, "Username": "gina", "MessageAction": "SUPPRESS"});
    talk.done("AdminCreateUser", create);
    let own = json!({
        "UserPoolId": talk.pool, "Username": "gina", "Password": "G1nas-own-Passw0rd", "Permanent": true,
    });
    talk.done("AdminSetUserPassword", own);
    talk.done("SetUserPoolMfaConfig", on);
    let begin = talk.initiate("USER_PASSWORD_AUTH", "gina", &[("PASSWORD", "G1nas-own-Passw0rd")]);
    let asked = talk.done("InitiateAuth", begin);
    let asked = talk.done("AssociateSoftwareToken", json!({"Session": asked["Session"]}));
    let code = talk.app_code(&text(&asked, "/SecretCode"));
    let verify = |code: &str| json!({"Session": asked["Session"], "UserCode": code});
    talk.refused("VerifySoftwareToken", verify(&other_than(&code)));
    let verified = talk.done("VerifySoftwareToken", verify(&code));
    let hash = talk.hash("gina");
    let done = talk.respond("MFA_SETUP", &verified, &[("USERNAME", "gina"), ("SECRET_HASH", &hash)]);
    talk.done("RespondToAuthChallenge", done);
    talk.done("SetUserPoolMfaConfig", off);
}
