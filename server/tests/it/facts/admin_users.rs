//! Administrator operations about users, and the user statuses.

use serde_json::{Value, json};

use super::{assert_refused, attributes, row, text, with};
use crate::{
    functions::{Behavior, Functions},
    support::{
        PoolAndClient, TestServer,
        triggers::{create_pool_with_triggers, server_with_functions},
    },
};

fn create(pool: &str, username: &str) -> Value {
    json!({"UserPoolId": pool, "Username": username, "MessageAction": "SUPPRESS"})
}

/// Signs a user up with an email address of their own, and returns the code.
async fn sign_up(server: &TestServer, ids: &PoolAndClient, username: &str) -> String {
    server.sign_up(&ids.client, username, &format!("{username}@example.com")).await;
    server.code_of(username)
}

#[tokio::test]
async fn admin_create_user_creates_or_refuses() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let email = server.create_pool_with(json!({"UsernameAttributes": ["email"]})).await;
    let phone = server.create_pool_with(json!({"UsernameAttributes": ["phone_number"]})).await;
    server.expect_output("AdminCreateUser", &create(&ids.pool, "ann")).await;
    server.expect_output("AdminCreateUser", &create(&email, "ann@example.com")).await;
    let invalid =
        |facts, input, text: &str| row(facts, "AdminCreateUser", input, "InvalidParameterException", text);
    let password = |facts, password: &str, rule: &str| {
        let input = with(&create(&ids.pool, "bob"), json!({"TemporaryPassword": password}));
        let text = format!("Password did not conform with password policy: {rule}");
        row(facts, "AdminCreateUser", input, "InvalidPasswordException", text)
    };
    let given =
        |all: &[(&str, &str)]| with(&create(&ids.pool, "bob"), json!({"UserAttributes": attributes(all)}));
    let resend = |username: &str| with(&create(&ids.pool, username), json!({"MessageAction": "RESEND"}));
    let taken =
        |facts, input, text: &str| row(facts, "AdminCreateUser", input, "UsernameExistsException", text);
    let rows = [
        taken("cog-0287", create(&ids.pool, "ann"), "User account already exists"),
        taken(
            "cog-0288",
            create(&email, "ann@example.com"),
            "An account with the given email already exists.",
        ),
        invalid("cog-0290", given(&[("email", "bob")]), "Invalid email address format."),
        password("cog-0291", "passw0rd!", "Password must have uppercase characters"),
        password("cog-0388", "Password!", "Password must have numeric characters"),
        invalid(
            "cog-0295",
            given(&[("custom:role", "admin")]),
            "Attributes did not conform to the schema: Type for attribute {custom:role} could not be determined",
        ),
        invalid("cog-0389", create(&phone, "bob"), "Username should be a phone number."),
        row(
            "cog-0387",
            "AdminCreateUser",
            resend("unknown"),
            "UserNotFoundException",
            "User does not exist.",
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn user_with_temporary_password_can_neither_be_confirmed_nor_reset() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.expect_output("AdminCreateUser", &create(&ids.pool, "ann")).await;
    let ann = json!({"UserPoolId": ids.pool, "Username": "ann"});
    let confirm = json!({"ClientId": ids.client, "Username": "ann", "ConfirmationCode": "123456"});
    let status = "User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD";
    let reset = "User password cannot be reset in the current state.";
    let refused =
        |facts, operation, input, text: &str| row(facts, operation, input, "NotAuthorizedException", text);
    let rows = [
        refused("cog-0041", "ConfirmSignUp", confirm, status),
        refused("cog-0059", "AdminConfirmSignUp", ann.clone(), status),
        refused("cog-0301", "AdminResetUserPassword", ann, reset),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn disabled_user_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let code = sign_up(&server, &ids, "ann").await;
    sign_up(&server, &ids, "bob").await;
    let user = |username: &str| json!({"UserPoolId": ids.pool, "Username": username});
    server.expect_output("AdminConfirmSignUp", &user("bob")).await;
    for username in ["ann", "bob"] {
        server.expect_output("AdminDisableUser", &user(username)).await;
    }
    let confirm = json!({"ClientId": ids.client, "Username": "ann", "ConfirmationCode": code});
    let refused =
        |facts, operation, input| row(facts, operation, input, "NotAuthorizedException", "User is disabled.");
    let rows = [
        // *Chosen*: the answer to a disabled user is not recorded for ConfirmSignUp. It is the same here.
        refused("cog-0039", "ConfirmSignUp", confirm.clone()),
        refused("cog-0302", "AdminResetUserPassword", user("bob")),
    ];
    assert_refused(&server, rows).await;
    server.expect_output("AdminEnableUser", &user("ann")).await;
    server.expect_output("ConfirmSignUp", &confirm).await;
}

#[tokio::test]
async fn administrator_operations_answer_the_documented_bodies() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up(&server, &ids, "ann").await;
    let ann = json!({"UserPoolId": ids.pool, "Username": "ann"});
    let password = with(&ann, json!({"Password": "Passw0rd!", "Permanent": true}));
    let answer = server.post("AdminSetUserPassword", &password).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}")); // cog-0304
    assert_eq!(answer.header("content-length"), "2");
    let answer = server.post("AdminDeleteUser", &ann).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "")); // cog-0296
    assert_eq!(answer.header("content-length"), "0");
    let not_found = "User does not exist.";
    let rows = [
        row("cog-0298", "AdminGetUser", ann, "UserNotFoundException", not_found),
        row("cog-0390", "AdminSetUserPassword", password, "UserNotFoundException", not_found),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn user_statuses_are_the_documented_ones() {
    // cog-0260: EXTERNAL_PROVIDER is for users of identity providers, which are not served yet.
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let user = |username: &str| json!({"UserPoolId": ids.pool, "Username": username});
    let status = async |username: &str| {
        text(&server.expect_output("AdminGetUser", &user(username)).await["UserStatus"]).to_owned()
    };
    server.expect_output("AdminCreateUser", &create(&ids.pool, "eve")).await;
    assert_eq!(status("eve").await, "FORCE_CHANGE_PASSWORD");
    let code = sign_up(&server, &ids, "ann").await;
    assert_eq!(status("ann").await, "UNCONFIRMED");
    let confirm = json!({"ClientId": ids.client, "Username": "ann", "ConfirmationCode": code});
    server.expect_output("ConfirmSignUp", &confirm).await;
    assert_eq!(status("ann").await, "CONFIRMED");
    server.expect_output("AdminResetUserPassword", &user("ann")).await;
    assert_eq!(status("ann").await, "RESET_REQUIRED");
}

#[tokio::test]
async fn admin_update_user_attributes_with_taken_email_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({"AliasAttributes": ["email"]})).await;
    let verified = attributes(&[("email", "one@example.com"), ("email_verified", "true")]);
    for username in ["ann", "eve"] {
        server.expect_output("AdminCreateUser", &create(&pool, username)).await;
    }
    let change =
        |username: &str| json!({"UserPoolId": pool, "Username": username, "UserAttributes": verified});
    server.expect_output("AdminUpdateUserAttributes", &change("ann")).await;
    let exists = "An account with the given email already exists.";
    let rows = [row("cog-0305", "AdminUpdateUserAttributes", change("eve"), "AliasExistsException", exists)];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn pre_sign_up_of_admin_create_user_can_only_refuse() {
    let functions = Functions::serve().await;
    let server = server_with_functions(&functions).await;
    let ids = create_pool_with_triggers(&server).await;
    let input = with(
        &create(&ids.pool, "ann"),
        json!({"ValidationData": attributes(&[("key", "value")]), "ClientMetadata": {"campaign": "spring"}}),
    );
    functions.when("pre", Behavior::Refuse(403, "AccessDeniedException"));
    let failed = "PreSignUp invocation failed due to error AccessDeniedException.";
    let rows = [row("cog-0294", "AdminCreateUser", input.clone(), "UnexpectedLambdaException", failed)];
    assert_refused(&server, rows).await;
    functions.when("pre", Behavior::Answer(|event| event["userName"] = "eve".into()));
    let mismatch = "Invalid user name. User name in Lambda mismatches the actual username.";
    let rows =
        [row("cog-0292", "AdminCreateUser", input.clone(), "InvalidLambdaResponseException", mismatch)];
    assert_refused(&server, rows).await;
    functions.when("pre", Behavior::Answer(|event| event["response"]["autoConfirmUser"] = true.into()));
    let user = server.expect_output("AdminCreateUser", &input).await;
    assert_eq!(user["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD"); // cog-0285
    let events = functions.events("PreSignUp_AdminCreateUser");
    assert_eq!(events.len(), 3, "the function must be called once for each request");
    assert_eq!(events[2]["request"]["validationData"], json!({"key": "value"}));
    assert_eq!(events[2]["request"]["clientMetadata"], json!({"campaign": "spring"}));
}
