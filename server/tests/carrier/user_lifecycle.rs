//! Calls every operation that has a secret: sign-up, every kind of sign-in, changes of passwords and contacts,
//! administration and deletion, with valid and with wrong passwords, codes, tokens and hashes.
//!
//! [`RecordingClient`] collects the secrets, and `log_redaction` searches the log for them. A new operation or challenge
//! with a secret must be called here.

use std::path::Path;

use lido_domain::{
    id::{PoolId, Username},
    secret::Secret,
    sign_in::srp::Verifier,
};
use serde_json::{Value, json};

use crate::{
    functions::Functions,
    raw_client::post,
    recording_client::{RecordingClient, other_than, text},
    user_factors::{
        call_triggers, set_up_required_app, sign_in_by_choice, use_authenticator_app, use_device,
        use_sent_second_factors,
    },
};

pub(crate) const PASSWORD: &str = "S3cret-Passw0rd";
pub(crate) const WRONG: &str = "Wr0ng-Passw0rd!";

/// Calls the operations. The server must call the triggers of `functions`.
pub(crate) fn run(client: &mut RecordingClient, functions: &Functions) {
    sign_up(client);
    sign_in(client);
    sign_in_by_choice(client);
    let tokens = client.by_password("ann", PASSWORD);
    renew(client, &tokens);
    use_sent_second_factors(client, &tokens);
    change_contacts(client, &tokens);
    use_authenticator_app(client, &tokens);
    change_password(client, &tokens);
    forget_password(client);
    administer_users(client);
    call_triggers(client, functions);
    use_device(client);
    confirm_by_link(client);
    set_up_required_app(client);
    send_malformed_requests(client);
    sign_out_and_delete(client);
}

fn sign_up(client: &mut RecordingClient) {
    let sign_up = |password: &str, hash: &str, app: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "Password": password,
            "UserAttributes": [{"Name": "email", "Value": "ann@example.com"}],
            "ValidationData": [{"Name": "captcha", "Value": "c"}],
        })
    };
    let (hash, app) = (client.hash("ann"), client.app.clone());
    client.refused("SignUp", sign_up("weak-password", &hash, &app));
    client.refused("SignUp", sign_up(PASSWORD, "bm8tc2VjcmV0LWhhc2g=", &app));
    let session = text(&client.expect_output("SignUp", sign_up(PASSWORD, &hash, &app)), "/Session");
    client.refused("SignUp", sign_up(WRONG, &hash, &app));
    let resend = json!({"ClientId": app, "SecretHash": hash, "Username": "ann"});
    client.expect_output("ResendConfirmationCode", resend);
    let code = client.code("ann");
    let confirm = |code: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "ConfirmationCode": code,
            "Session": session,
        })
    };
    client.refused("ConfirmSignUp", confirm(&other_than(&code)));
    let answer = client.expect_output("ConfirmSignUp", confirm(&code));
    client.refused("ConfirmSignUp", confirm(&code));
    // The session of ConfirmSignUp signs in.
    let session = text(&answer, "/Session");
    let request = json!({
        "ClientId": client.app, "AuthFlow": "USER_AUTH", "Session": session,
        "AuthParameters": {"USERNAME": "ann", "SECRET_HASH": hash},
    });
    client.expect_output("InitiateAuth", request.clone());
    client.refused("InitiateAuth", request);
    // The confirmation page, with a code that does not exist.
    let path = "/confirmUser?client_id=none&user_name=ann&confirmation_code=C0de-of-a-link";
    client.secrets.add("code", b"C0de-of-a-link");
    assert_eq!(client.client.get(path).status, 400);
}

fn sign_in(client: &mut RecordingClient) {
    client.by_password("ann", PASSWORD);
    let wrong = client.initiate("USER_PASSWORD_AUTH", "ann", &[("PASSWORD", WRONG)]);
    client.refused("InitiateAuth", wrong);
    let mut by_admin = client.initiate("ADMIN_USER_PASSWORD_AUTH", "ann", &[("PASSWORD", PASSWORD)]);
    by_admin["UserPoolId"] = json!(client.pool);
    client.expect_output("AdminInitiateAuth", by_admin);
    for password in [WRONG, PASSWORD] {
        let (srp, response) = client.begin_srp("USER_SRP_AUTH");
        let proof = client.srp_proof(&srp, &response, password);
        match password {
            PASSWORD => drop(client.expect_output("RespondToAuthChallenge", proof)),
            _ => client.refused("RespondToAuthChallenge", proof),
        }
    }
}

fn renew(client: &mut RecordingClient, tokens: &Value) {
    let refresh = text(tokens, "/RefreshToken");
    for (token, is_good) in [(refresh.as_str(), true), ("unknown-refresh-token", false)] {
        let by_flow = client.initiate("REFRESH_TOKEN_AUTH", "ann", &[("REFRESH_TOKEN", token)]);
        let by_operation =
            json!({"ClientId": client.app, "ClientSecret": client.app_secret, "RefreshToken": token});
        for (operation, body) in [("InitiateAuth", by_flow), ("GetTokensFromRefreshToken", by_operation)] {
            match is_good {
                true => drop(client.expect_output(operation, body)),
                false => client.refused(operation, body),
            }
        }
    }
    let app_client = json!({"UserPoolId": client.pool, "ClientId": client.app});
    client.expect_output("AddUserPoolClientSecret", app_client.clone());
    client.expect_output("DescribeUserPoolClient", app_client);
}

fn change_contacts(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    client.expect_output("GetUser", json!({"AccessToken": token}));
    client.expect_output("GetUserAuthFactors", json!({"AccessToken": token}));
    let new = json!([{"Name": "email", "Value": "new-ann@example.com"}]);
    client.expect_output("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": new}));
    let attribute = json!({"AccessToken": token, "AttributeName": "email"});
    client.expect_output("GetUserAttributeVerificationCode", attribute);
    let code = client.code("ann");
    let verify = |code: &str| json!({"AccessToken": token, "AttributeName": "email", "Code": code});
    client.refused("VerifyUserAttribute", verify(&other_than(&code)));
    client.expect_output("VerifyUserAttribute", verify(&code));
    let delete = json!({"AccessToken": token, "UserAttributeNames": ["phone_number"]});
    client.expect_output("DeleteUserAttributes", delete);
}

fn change_password(client: &mut RecordingClient, tokens: &Value) {
    let token = text(tokens, "/AccessToken");
    let change = |previous: &str, proposed: &str| json!({"AccessToken": token, "PreviousPassword": previous, "ProposedPassword": proposed});
    client.refused("ChangePassword", change(WRONG, "N3xt-Passw0rd"));
    client.refused("ChangePassword", change(PASSWORD, "next-weak-password"));
    client.expect_output("ChangePassword", change(PASSWORD, "N3xt-Passw0rd"));
    client.expect_output("ChangePassword", change("N3xt-Passw0rd", PASSWORD));
}

fn forget_password(client: &mut RecordingClient) {
    let (hash, app) = (client.hash("ann"), client.app.clone());
    client.expect_output("ForgotPassword", json!({"ClientId": app, "SecretHash": hash, "Username": "ann"}));
    let code = client.code("ann");
    let confirm = |code: &str| {
        json!({
            "ClientId": app, "SecretHash": hash, "Username": "ann", "ConfirmationCode": code,
            "Password": PASSWORD,
        })
    };
    client.refused("ConfirmForgotPassword", confirm(&other_than(&code)));
    client.expect_output("ConfirmForgotPassword", confirm(&code));
}

/// Creates, invites, resets, signs out and deletes users, with given and with generated temporary passwords.
fn administer_users(client: &mut RecordingClient) {
    let mail = json!([
        {"Name": "email", "Value": "bob@example.com"}, {"Name": "email_verified", "Value": "true"},
    ]);
    let create = json!({
        "UserPoolId": client.pool, "Username": "bob", "UserAttributes": mail,
        "TemporaryPassword": "T3mporary-Passw0rd", "DesiredDeliveryMediums": ["EMAIL"],
    });
    client.expect_output("AdminCreateUser", create);
    replace_temporary_password(client, "bob", "T3mporary-Passw0rd", "B0bs-own-Passw0rd", false);
    // With the password as the only first factor, an invitation contains a temporary password.
    let policy = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}});
    client.expect_output("UpdateUserPool", json!({"UserPoolId": client.pool, "Policies": policy}));
    let create = json!({
        "UserPoolId": client.pool, "Username": "carol", "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": [{"Name": "email", "Value": "carol@example.com"}],
    });
    client.expect_output("AdminCreateUser", create);
    let temporary = client.code("carol");
    replace_temporary_password(client, "carol", &temporary, "Car0ls-own-Passw0rd", true);
    let bob = json!({"UserPoolId": client.pool, "Username": "bob"});
    let mut set = bob.clone();
    (set["Password"], set["Permanent"]) = (json!("B0bs-set-Passw0rd"), json!(true));
    client.expect_output("AdminSetUserPassword", set);
    client.by_password("bob", "B0bs-set-Passw0rd");
    for operation in ["AdminResetUserPassword", "AdminUserGlobalSignOut", "AdminDeleteUser"] {
        client.code("bob");
        let answer = client.call(operation, &bob);
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
    }
}

/// Signs in with a temporary password and sets a new one.
fn replace_temporary_password(
    client: &mut RecordingClient,
    username: &str,
    temporary: &str,
    own: &str,
    by_admin: bool,
) {
    let prefix = if by_admin { "Admin" } else { "" };
    let flow = if by_admin { "ADMIN_USER_PASSWORD_AUTH" } else { "USER_PASSWORD_AUTH" };
    let pool = json!(client.pool);
    let mut begin = client.initiate(flow, username, &[("PASSWORD", temporary)]);
    if by_admin {
        begin["UserPoolId"] = pool.clone();
    }
    let response = client.expect_output(&format!("{prefix}InitiateAuth"), begin);
    let (hash, respond) = (client.hash(username), format!("{prefix}RespondToAuthChallenge"));
    for password in ["weak-own-password", own] {
        let responses = [("NEW_PASSWORD", password), ("USERNAME", username), ("SECRET_HASH", &hash)];
        let mut answer = client.respond("NEW_PASSWORD_REQUIRED", &response, &responses);
        if by_admin {
            answer["UserPoolId"] = pool.clone();
        }
        let answer = client.call(&respond, &answer);
        assert_eq!(answer.status == 200, password == own, "{answer:?}");
    }
}

/// Confirms a sign-up by the link in a mail.
fn confirm_by_link(client: &mut RecordingClient) {
    let template = json!({"DefaultEmailOption": "CONFIRM_WITH_LINK"});
    let update = json!({
        "UserPoolId": client.pool, "AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": template,
    });
    client.expect_output("UpdateUserPool", update);
    let sign_up = json!({
        "ClientId": client.app, "SecretHash": client.hash("fred"), "Username": "fred", "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": "fred@example.com"}],
    });
    client.expect_output("SignUp", sign_up);
    let inbox = client.inbox("fred");
    let link = text(&inbox, "/messages/0/link");
    let path = link.find("/confirmUser").map(|at| &link[at..]).expect("a confirmation link");
    assert_eq!(client.client.get(path).status, 200);
}

/// Sends malformed JSON, wrong types and constraint violations.
fn send_malformed_requests(client: &mut RecordingClient) {
    let broken = [
        "{\"Password\": \"Br0ken-Passw0rd\", \"ClientId\": 7",
        "{\"Password\": [\"Br0ken-Passw0rd\"], \"ClientId\": \"x\"}",
        "{\"Password\": \" Br0ken-Passw0rd\", \"ClientId\": \"x\", \"Username\": \"ann\"}",
        "{\"Password\": \"Br0ken-Passw0rd\\u0000\", \"ClientId\": \"!\", \"Session\": \"Br0ken-Session\"}",
    ];
    client.secrets.add("Password", b"Br0ken-Passw0rd");
    client.secrets.add("Session", b"Br0ken-Session");
    for body in broken {
        client.client.send(post("SignUp", body)).expect("sent");
        assert_eq!(client.client.read().expect("answered").status, 400);
    }
    client.refused("GetUser", json!({"AccessToken": "unknown.access.token"}));
}

fn sign_out_and_delete(client: &mut RecordingClient) {
    let tokens = client.by_password("ann", PASSWORD);
    let revoke = json!({
        "ClientId": client.app, "ClientSecret": client.app_secret, "Token": tokens["RefreshToken"],
    });
    let answer = client.call("RevokeToken", &revoke);
    assert_eq!(answer.status, 200, "{answer:?}");
    client.refused("GetUser", json!({"AccessToken": tokens["AccessToken"]}));
    let tokens = client.by_password("ann", PASSWORD);
    client.expect_output("GlobalSignOut", json!({"AccessToken": tokens["AccessToken"]}));
    client.refused("DeleteUser", json!({"AccessToken": tokens["AccessToken"]}));
    // Ann is not deleted, so that her stored secrets are searched for too.
    let tokens = client.by_password("carol", "Car0ls-own-Passw0rd");
    let answer = client.call("DeleteUser", &json!({"AccessToken": tokens["AccessToken"]}));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

/// Adds the secrets that the server stores and never sends: the verifier of `ann`'s password and the keys of the key file.
pub(crate) fn add_stored_secrets(client: &mut RecordingClient, folder: &Path) {
    let response = client.begin_srp("USER_SRP_AUTH").1;
    let salt = text(&response, "/ChallengeParameters/SALT");
    let mut bytes = [0; 16];
    // The salt is a hexadecimal number without leading zeros.
    for (at, byte) in bytes.iter_mut().rev().enumerate() {
        let end = salt.len().saturating_sub(2 * at);
        let digits = &salt[end.saturating_sub(2)..end];
        *byte = u8::from_str_radix(digits, 16).unwrap_or(0);
    }
    let (pool, name) = (PoolId::new(client.pool.as_str()), Username::new("ann"));
    let verifier = Verifier::derive(&pool, &name, &Secret::new(PASSWORD), bytes);
    client.secrets.add("verifier", &verifier.to_secret().expose()[16..]);
    let keys = std::fs::read_dir(folder).expect("the folder").filter_map(|file| {
        let path = file.expect("a file").path();
        path.extension().is_some_and(|end| end == "key").then(|| std::fs::read_to_string(path))
    });
    for keys in keys {
        for key in keys.expect("a key file").split_whitespace() {
            client.secrets.add("key", key.as_bytes());
        }
    }
}
