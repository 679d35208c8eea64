//! The whole life of users over the wire: signing up and in by every way there is, passwords and contacts that change,
//! what administrators do to them, and the end; wrong passwords, codes, tokens and hashes in between.
//!
//! What is asked and answered on the way is noted by [`Talk`]; what for is `secrets`' matter. Whoever adds an operation
//! or a challenge that has a secret lets somebody live through it here.

use std::path::Path;

use lido_domain::{
    id::{PoolId, Username},
    secret::Secret,
    sign_in::srp::Verifier,
};
use serde_json::{Value, json};

use crate::{
    client::post,
    factors::{
        add_second_factor, be_asked_by_functions, be_on_a_device, choose_factors, receive_second_factors,
        set_an_app_up,
    },
    functions::Functions,
    talk::{Talk, other_than, text},
};

pub(crate) const PASSWORD: &str = "S3cret-Passw0rd";
pub(crate) const WRONG: &str = "Wr0ng-Passw0rd!";

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
