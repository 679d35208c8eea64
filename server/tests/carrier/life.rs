//! The whole life of users over the wire: signing up and in by every way there is, passwords and contacts that change,
//! what administrators do to them, and the end; wrong passwords, codes, tokens and hashes in between.
//!
//! What is asked and answered on the way is noted by [`Talk`]; what for is `secrets`' matter. Whoever adds an operation
//! or a challenge that has a secret lets somebody live through it here.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lido_domain::{
    id::{PoolId, Username},
    secret::Secret,
    srp::Verifier,
};
use serde_json::{Value, json};

use crate::{
    client::post,
    functions::{Does, Functions, arn},
    srp_client::{self, Challenge, SrpClient, TIME},
    talk::{Talk, other_than, text},
};

const PASSWORD: &str = "S3cret-Passw0rd";
const WRONG: &str = "Wr0ng-Passw0rd!";
/// Of a user of another directory.
const MIGRATED: &str = "M1grated-Passw0rd";
/// What a custom challenge is answered with.
const ANSWER: &str = "Pr1vate-Answer";

/// Lives it, in a server that calls these functions.
pub(crate) fn live(talk: &mut Talk, functions: &Functions) {
    sign_up(talk);
    sign_in(talk);
    choose_factors(talk);
    let tokens = talk.by_password("ann", PASSWORD);
    renew(talk, &tokens);
    receive_second_factors(talk, &tokens);
    change_contacts(talk, &tokens);
    add_second_factor(talk, &tokens);
    change_password(talk, &tokens);
    forget_password(talk);
    be_administered(talk);
    be_asked_by_functions(talk, functions);
    be_on_a_device(talk);
    follow_a_link(talk);
    set_an_app_up(talk);
    send_nonsense(talk);
    part(talk);
}

fn sign_up(talk: &mut Talk) {
    let sign_up = |password: &str, hash: &str, app: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "Password": password,
            "UserAttributes": [{"Name": "email", "Value": "ann@example.com"}],
            "ValidationData": [{"Name": "captcha", "Value": "c"}],
        })
    };
    let (hash, app) = (talk.hash("ann"), talk.app.clone());
    talk.refused("SignUp", sign_up("weak-password", &hash, &app));
    talk.refused("SignUp", sign_up(PASSWORD, "bm8tc2VjcmV0LWhhc2g=", &app));
    let session = text(&talk.done("SignUp", sign_up(PASSWORD, &hash, &app)), "/Session");
    talk.refused("SignUp", sign_up(WRONG, &hash, &app));
    let resend = json!({"ClientId": app, "SecretHash": hash, "Username": "ann"});
    talk.done("ResendConfirmationCode", resend);
    let code = talk.code("ann");
    let confirm = |code: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "ConfirmationCode": code,
            "Session": session,
        })
    };
    talk.refused("ConfirmSignUp", confirm(&other_than(&code)));
    let answer = talk.done("ConfirmSignUp", confirm(&code));
    talk.refused("ConfirmSignUp", confirm(&code));
    // Signed in by having confirmed.
    let session = text(&answer, "/Session");
    let enter = json!({
        "ClientId": talk.app, "AuthFlow": "USER_AUTH", "Session": session,
        "AuthParameters": {"USERNAME": "ann", "SECRET_HASH": hash},
    });
    talk.done("InitiateAuth", enter.clone());
    talk.refused("InitiateAuth", enter);
    // By the page that a link in a mail leads to, with a code that is none.
    let path = "/confirmUser?client_id=none&user_name=ann&confirmation_code=C0de-of-a-link";
    talk.secrets.note("code", b"C0de-of-a-link");
    assert_eq!(talk.client.get(path).status, 400);
}

fn sign_in(talk: &mut Talk) {
    talk.by_password("ann", PASSWORD);
    let wrong = talk.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", WRONG)]);
    talk.refused("InitiateAuth", wrong);
    let mut by_admin = talk.initiate("ADMIN_USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
    by_admin["UserPoolId"] = json!(talk.pool);
    talk.done("AdminInitiateAuth", by_admin);
    for password in [WRONG, PASSWORD] {
        let (srp, asked) = talk.begin_exchange("USER_SRP_AUTH");
        let claim = talk.claim(&srp, &asked, password);
        match password {
            PASSWORD => drop(talk.done("RespondToAuthChallenge", claim)),
            _ => talk.refused("RespondToAuthChallenge", claim),
        }
    }
}

/// USER_AUTH by each of its factors.
fn choose_factors(talk: &mut Talk) {
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

fn renew(talk: &mut Talk, tokens: &Value) {
    let refresh = text(tokens, "/RefreshToken");
    for (token, is_good) in [(refresh.as_str(), true), ("no-refresh-token-of-anybody", false)] {
        let by_flow = talk.initiate("REFRESH_TOKEN_AUTH", "ann", &[("REFRESH_TOKEN", token)]);
        let by_operation =
            json!({"ClientId": talk.app, "ClientSecret": talk.app_secret, "RefreshToken": token});
        for (operation, body) in [("InitiateAuth", by_flow), ("GetTokensFromRefreshToken", by_operation)] {
            match is_good {
                true => drop(talk.done(operation, body)),
                false => talk.refused(operation, body),
            }
        }
    }
    let told = json!({"UserPoolId": talk.pool, "ClientId": talk.app});
    talk.done("AddUserPoolClientSecret", told.clone());
    talk.done("DescribeUserPoolClient", told);
}

fn change_contacts(talk: &mut Talk, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    talk.done("GetUser", json!({"AccessToken": token}));
    talk.done("GetUserAuthFactors", json!({"AccessToken": token}));
    let new = json!([{"Name": "email", "Value": "new-ann@example.com"}]);
    talk.done("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": new}));
    let ask = json!({"AccessToken": token, "AttributeName": "email"});
    talk.done("GetUserAttributeVerificationCode", ask);
    let code = talk.code("ann");
    let verify = |code: &str| json!({"AccessToken": token, "AttributeName": "email", "Code": code});
    talk.refused("VerifyUserAttribute", verify(&other_than(&code)));
    talk.done("VerifyUserAttribute", verify(&code));
    let delete = json!({"AccessToken": token, "UserAttributeNames": ["phone_number"]});
    talk.done("DeleteUserAttributes", delete);
}

/// Second factors that are sent.
fn receive_second_factors(talk: &mut Talk, tokens: &Value) {
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
fn add_second_factor(talk: &mut Talk, tokens: &Value) {
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

fn change_password(talk: &mut Talk, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let change = |previous: &str, proposed: &str| json!({"AccessToken": token, "PreviousPassword": previous, "ProposedPassword": proposed});
    talk.refused("ChangePassword", change(WRONG, "N3xt-Passw0rd"));
    talk.refused("ChangePassword", change(PASSWORD, "next-weak-password"));
    talk.done("ChangePassword", change(PASSWORD, "N3xt-Passw0rd"));
    talk.done("ChangePassword", change("N3xt-Passw0rd", PASSWORD));
}

fn forget_password(talk: &mut Talk) {
    let (hash, app) = (talk.hash("ann"), talk.app.clone());
    talk.done("ForgotPassword", json!({"ClientId": app, "SecretHash": hash, "Username": "ann"}));
    let code = talk.code("ann");
    let confirm = |code: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "ConfirmationCode": code,
            "Password": PASSWORD,
        })
    };
    talk.refused("ConfirmForgotPassword", confirm(&other_than(&code)));
    talk.done("ConfirmForgotPassword", confirm(&code));
}

/// Administrators create, invite, set, reset, sign out; with a temporary password that is typed, and one that is
/// made.
fn be_administered(talk: &mut Talk) {
    let mail = json!([
        {"Name": "email", "Value": "bob@example.com"}, {"Name": "email_verified", "Value": "true"},
    ]);
    let create = json!({
        "UserPoolId": talk.pool, "Username": "bob", "UserAttributes": mail,
        "TemporaryPassword": "T3mporary-Passw0rd", "DesiredDeliveryMediums": ["EMAIL"],
    });
    talk.done("AdminCreateUser", create);
    become_permanent(talk, "bob", "T3mporary-Passw0rd", "B0bs-own-Passw0rd", false);
    // Where a password is the only factor, nobody is invited without one.
    let policy = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}});
    talk.done("UpdateUserPool", json!({"UserPoolId": talk.pool, "Policies": policy}));
    let create = json!({
        "UserPoolId": talk.pool, "Username": "carol", "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": [{"Name": "email", "Value": "carol@example.com"}],
    });
    talk.done("AdminCreateUser", create);
    let temporary = talk.code("carol");
    become_permanent(talk, "carol", &temporary, "Car0ls-own-Passw0rd", true);
    let bob = json!({"UserPoolId": talk.pool, "Username": "bob"});
    let mut set = bob.clone();
    (set["Password"], set["Permanent"]) = (json!("B0bs-set-Passw0rd"), json!(true));
    talk.done("AdminSetUserPassword", set);
    talk.by_password("bob", "B0bs-set-Passw0rd");
    for operation in ["AdminResetUserPassword", "AdminUserGlobalSignOut", "AdminDeleteUser"] {
        talk.code("bob");
        let answer = talk.call(operation, &bob);
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
    }
}

/// Signs in with a temporary password and sets one's own.
fn become_permanent(talk: &mut Talk, username: &str, temporary: &str, own: &str, by_admin: bool) {
    let prefix = if by_admin { "Admin" } else { "" };
    let flow = if by_admin { "ADMIN_USER_PASSWORD_AUTH" } else { "USER_PASSWORD_AUTH" };
    let pool = json!(talk.pool);
    let mut begin = talk.initiate(flow, username, &[("PASSWORD", temporary)]);
    if by_admin {
        begin["UserPoolId"] = pool.clone();
    }
    let asked = talk.done(&format!("{prefix}InitiateAuth"), begin);
    let (hash, respond) = (talk.hash(username), format!("{prefix}RespondToAuthChallenge"));
    for password in ["weak-own-password", own] {
        let responses = [("NEW_PASSWORD", password), ("USERNAME", username), ("SECRET_HASH", &hash)];
        let mut answer = talk.respond("NEW_PASSWORD_REQUIRED", &asked, &responses);
        if by_admin {
            answer["UserPoolId"] = pool.clone();
        }
        let answer = talk.call(&respond, &answer);
        assert_eq!(answer.status == 200, password == own, "{answer:?}");
    }
}

/// What functions ask and are told: custom challenges, and the password of a user of another directory.
fn be_asked_by_functions(talk: &mut Talk, functions: &Functions) {
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
fn be_on_a_device(talk: &mut Talk) {
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

/// A mail whose link confirms.
fn follow_a_link(talk: &mut Talk) {
    let template = json!({"DefaultEmailOption": "CONFIRM_WITH_LINK"});
    let update = json!({
        "UserPoolId": talk.pool, "AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": template,
    });
    talk.done("UpdateUserPool", update);
    let sign_up = json!({
        "ClientId": talk.app, "SecretHash": talk.hash("fred"), "Username": "fred", "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": "fred@example.com"}],
    });
    talk.done("SignUp", sign_up);
    let inbox = talk.inbox("fred");
    let link = text(&inbox, "/messages/0/link");
    let path = link.find("/confirmUser").map(|at| &link[at..]).expect("a link of ours");
    assert_eq!(talk.client.get(path).status, 200);
}

/// An app that is set up at the first sign-in, because one is required.
fn set_an_app_up(talk: &mut Talk) {
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

/// What is no good JSON, has a wrong type or breaks a constraint.
fn send_nonsense(talk: &mut Talk) {
    let broken = [
        "{\"Password\": \"Br0ken-Passw0rd\", \"ClientId\": 7",
        "{\"Password\": [\"Br0ken-Passw0rd\"], \"ClientId\": \"x\"}",
        "{\"Password\": \" Br0ken-Passw0rd\", \"ClientId\": \"x\", \"Username\": \"ann\"}",
        "{\"Password\": \"Br0ken-Passw0rd\\u0000\", \"ClientId\": \"!\", \"Session\": \"Br0ken-Session\"}",
    ];
    talk.secrets.note("Password", b"Br0ken-Passw0rd");
    talk.secrets.note("Session", b"Br0ken-Session");
    for body in broken {
        talk.client.send(post("SignUp", body)).expect("sent");
        assert_eq!(talk.client.read().expect("answered").status, 400);
    }
    talk.refused("GetUser", json!({"AccessToken": "no.access.token-of-anybody"}));
}

fn part(talk: &mut Talk) {
    let tokens = talk.by_password("ann", PASSWORD);
    let revoke = json!({
        "ClientId": talk.app, "ClientSecret": talk.app_secret, "Token": tokens["RefreshToken"],
    });
    let answer = talk.call("RevokeToken", &revoke);
    assert_eq!(answer.status, 200, "{answer:?}");
    talk.refused("GetUser", json!({"AccessToken": tokens["AccessToken"]}));
    let tokens = talk.by_password("ann", PASSWORD);
    talk.done("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]}));
    talk.refused("DeleteUser", json!({"AccessToken": tokens["AccessToken"]}));
    // Ann stays: what is kept of her is looked for too.
    let tokens = talk.by_password("carol", "Car0ls-own-Passw0rd");
    let answer = talk.call("DeleteUser", &json!({"AccessToken": tokens["AccessToken"]}));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

/// What of `ann`'s password only the server knows, and never tells; and the keys of the house.
pub(crate) fn note_what_is_kept(talk: &mut Talk, folder: &Path) {
    let asked = talk.begin_exchange("USER_SRP_AUTH").1;
    let salt = text(&asked, "/ChallengeParameters/SALT");
    let mut bytes = [0; 16];
    // A number is printed without leading zeros.
    for (at, byte) in bytes.iter_mut().rev().enumerate() {
        let end = salt.len().saturating_sub(2 * at);
        let digits = &salt[end.saturating_sub(2)..end];
        *byte = u8::from_str_radix(digits, 16).unwrap_or(0);
    }
    let (pool, name) = (PoolId::new(talk.pool.as_str()), Username::new("ann"));
    let verifier = Verifier::derive(&pool, &name, &Secret::new(PASSWORD), bytes);
    talk.secrets.note("verifier", &verifier.to_secret().expose()[16..]);
    let keys = std::fs::read_dir(folder).expect("the folder").filter_map(|file| {
        let path = file.expect("a file").path();
        path.extension().is_some_and(|end| end == "key").then(|| std::fs::read_to_string(path))
    });
    for keys in keys {
        for key in keys.expect("a key file").split_whitespace() {
            talk.secrets.note("key", key.as_bytes());
        }
    }
}
