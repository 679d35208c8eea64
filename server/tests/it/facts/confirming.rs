//! ConfirmSignUp, AdminConfirmSignUp and ResendConfirmationCode. Their triggers are tested in `triggers`, their declared
//! errors in `declared_errors`.

use std::time::Duration;

use serde_json::{Value, json};

use super::{assert_refused, attributes, invalid, row, text, with};
use crate::support::{PoolAndClient, TestServer, different_code};

const CONFIRMED: &str = "User cannot be confirmed. Current status is CONFIRMED";
const NOT_FOUND: &str = "Username/client id combination not found.";
const MISMATCH: &str = "Invalid verification code provided, please try again.";
const LIMITED: &str = "Attempt limit exceeded, please try after some time.";

fn confirm(client: &str, username: &str, code: &str) -> Value {
    json!({"ClientId": client, "Username": username, "ConfirmationCode": code})
}

/// Signs a user up with an email address of their own, and returns the code.
async fn sign_up(server: &TestServer, ids: &PoolAndClient, username: &str) -> String {
    server.sign_up(&ids.client, username, &format!("{username}@example.com")).await;
    server.code_of(username)
}

#[tokio::test]
async fn confirm_sign_up_checks_the_status_before_the_code() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let code = sign_up(&server, &ids, "ann").await;
    let answer = server.post("ConfirmSignUp", &confirm(&ids.client, "ann", &code)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}")); // cog-0009
    assert_eq!(answer.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(answer.header("content-length"), "2");
    let refused = |facts, code: &str| {
        let input = confirm(&ids.client, "ann", code);
        row(facts, "ConfirmSignUp", input, "NotAuthorizedException", CONFIRMED)
    };
    let admin = json!({"UserPoolId": ids.pool, "Username": "ann"});
    let rows = [
        refused("cog-0001 cog-0032", &code),
        refused("cog-0004", "123"),
        refused("cog-0004", "nonsense"),
        row("cog-0054", "AdminConfirmSignUp", admin, "NotAuthorizedException", CONFIRMED),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn confirm_sign_up_accepts_any_code_without_white_space() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    sign_up(&server, &ids, "ann").await;
    let constraint = |code: &str, rule: &str| {
        format!("Value '{code}' at 'confirmationCode' failed to satisfy constraint: {rule}")
    };
    let pattern = "Member must satisfy regular expression pattern: [\\S]+";
    let rows = [
        row(
            "cog-0007",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", "123"),
            "CodeMismatchException",
            MISMATCH,
        ),
        row(
            "cog-0007",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", "1234567"),
            "CodeMismatchException",
            MISMATCH,
        ),
        row(
            "cog-0028",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", &"1".repeat(2048)),
            "CodeMismatchException",
            MISMATCH,
        ),
        invalid(
            "cog-0034 cog-0028",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", "12 34"),
            &[&constraint("12 34", pattern)],
        ),
        invalid(
            "cog-0028",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", ""),
            &[
                &constraint("", pattern),
                &constraint("", "Member must have length greater than or equal to 1"),
            ],
        ),
        invalid(
            "cog-0028",
            "ConfirmSignUp",
            confirm(&ids.client, "ann", &"1".repeat(2049)),
            &[&constraint(&"1".repeat(2049), "Member must have length less than or equal to 2048")],
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn confirm_sign_up_with_unknown_user_or_wrong_client_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let alias = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let alias = server.create_pool_with(alias).await;
    let alias = PoolAndClient { client: server.create_client_with(&alias, json!({})).await, pool: alias };
    let code = sign_up(&server, &alias, "ann").await;
    let secretive = server.create_client_with(&ids.pool, json!({"GenerateSecret": true})).await;
    let hiding = json!({"PreventUserExistenceErrors": "ENABLED"});
    let hiding = server.create_client_with(&alias.pool, hiding).await;
    let unknown = "5cj9ag4nvskjkv0dg3sade5fd5";
    let hashed = |input: Value| with(&input, json!({"SecretHash": "bm9uc2Vuc2U="}));
    let resend = |client: &str, username: &str| json!({"ClientId": client, "Username": username});
    let no_client = format!("User pool client {unknown} does not exist.");
    let no_hash = format!("Client {secretive} is configured with secret but SECRET_HASH was not received");
    let wrong_hash = format!("Unable to verify secret hash for client {secretive}");
    let rows = [
        row(
            "cog-0008",
            "ConfirmSignUp",
            confirm(&ids.client, "unknown", "1"),
            "UserNotFoundException",
            NOT_FOUND,
        ),
        row(
            "cog-0360",
            "ConfirmSignUp",
            confirm(&alias.client, "ann@example.com", &code),
            "UserNotFoundException",
            NOT_FOUND,
        ),
        row(
            "cog-0359 cog-0022",
            "ConfirmSignUp",
            confirm(&hiding, "ann@example.com", &code),
            "CodeMismatchException",
            MISMATCH,
        ),
        row(
            "cog-0038",
            "ConfirmSignUp",
            confirm(unknown, "ann", "1"),
            "ResourceNotFoundException",
            &no_client,
        ),
        row("cog-0241", "ConfirmSignUp", confirm(&secretive, "ann", "1"), "NotAuthorizedException", &no_hash),
        row(
            "cog-0033",
            "ConfirmSignUp",
            hashed(confirm(&secretive, "ann", "1")),
            "NotAuthorizedException",
            &wrong_hash,
        ),
        row(
            "cog-0144",
            "ResendConfirmationCode",
            resend(&ids.client, "unknown"),
            "UserNotFoundException",
            NOT_FOUND,
        ),
        row(
            "cog-0153",
            "ResendConfirmationCode",
            resend(unknown, "ann"),
            "ResourceNotFoundException",
            &no_client,
        ),
        row(
            "cog-0241",
            "ResendConfirmationCode",
            resend(&secretive, "ann"),
            "NotAuthorizedException",
            &no_hash,
        ),
        row(
            "cog-0152",
            "ResendConfirmationCode",
            hashed(resend(&secretive, "ann")),
            "NotAuthorizedException",
            &wrong_hash,
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn confirm_sign_up_attempts_are_limited_by_the_hour() {
    // cog-0013, cog-0014, cog-0147, cog-0148, cog-0265
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let code = sign_up(&server, &ids, "ann").await;
    let guess = confirm(&ids.client, "ann", different_code(&code));
    for _ in 0..15 {
        assert_eq!(server.post("ConfirmSignUp", &guess).await.refusal().1, "CodeMismatchException");
    }
    let resend = json!({"ClientId": ids.client, "Username": "ann"});
    for _ in 0..5 {
        server.expect_output("ResendConfirmationCode", &resend).await;
    }
    let rows = [
        row("cog-0013 cog-0014", "ConfirmSignUp", guess.clone(), "LimitExceededException", LIMITED),
        row("cog-0147 cog-0148", "ResendConfirmationCode", resend.clone(), "LimitExceededException", LIMITED),
    ];
    assert_refused(&server, rows).await;
    let answer = server.post("ConfirmSignUp", &guess).await;
    let body = format!(r#"{{"__type":"LimitExceededException","message":"{LIMITED}"}}"#);
    assert_eq!(answer.body, body, "cog-0265");
    server.app.clock.advance(Duration::from_secs(60 * 60));
    server.expect_output("ResendConfirmationCode", &resend).await;
    server.expect_output("ConfirmSignUp", &confirm(&ids.client, "ann", &server.code_of("ann"))).await;
}

#[tokio::test]
async fn code_answers_of_legacy_client_reveal_the_user() {
    // cog-0042: with a LEGACY client, the answer shows whether the user exists and is confirmed, and whether the code expired.
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let code = sign_up(&server, &ids, "ann").await;
    sign_up(&server, &ids, "bob").await;
    server.expect_output("AdminConfirmSignUp", &json!({"UserPoolId": ids.pool, "Username": "bob"})).await;
    let guess = |username: &str| confirm(&ids.client, username, different_code(&code));
    let rows = [
        row("cog-0042", "ConfirmSignUp", guess("unknown"), "UserNotFoundException", NOT_FOUND),
        row("cog-0042", "ConfirmSignUp", guess("bob"), "NotAuthorizedException", CONFIRMED),
        row("cog-0042", "ConfirmSignUp", guess("ann"), "CodeMismatchException", MISMATCH),
    ];
    assert_refused(&server, rows).await;
    // cog-0015: exactly 24 hours.
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    assert_eq!(server.post("ConfirmSignUp", &guess("ann")).await.refusal().1, "CodeMismatchException");
    server.app.clock.advance(Duration::from_secs(1));
    let expired = "Invalid code provided, please request a code again.";
    let rows = [row("cog-0042", "ConfirmSignUp", guess("ann"), "ExpiredCodeException", expired)];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn confirm_sign_up_verifies_the_contact_and_creates_the_alias() {
    let server = TestServer::new().await;
    let pool = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let pool = server.create_pool_with(pool).await;
    let ids = PoolAndClient { client: server.create_client_with(&pool, json!({})).await, pool };
    for username in ["ann", "eve"] {
        server.sign_up(&ids.client, username, "one@example.com").await; // cog-0029: both succeed
    }
    server.expect_output("ConfirmSignUp", &confirm(&ids.client, "ann", &server.code_of("ann"))).await;
    assert_eq!(status_and_verified(&server, &ids, "ann").await, ("CONFIRMED".into(), "true".into())); // cog-0016
    let second = confirm(&ids.client, "eve", &server.code_of("eve"));
    let exists = "An account with the given email already exists.";
    let forced = |force: bool| with(&second, json!({"ForceAliasCreation": force}));
    let rows = [
        row("cog-0029 cog-0012", "ConfirmSignUp", second.clone(), "AliasExistsException", exists),
        row("cog-0029", "ConfirmSignUp", forced(false), "AliasExistsException", exists),
    ];
    assert_refused(&server, rows).await;
    server.expect_output("ConfirmSignUp", &forced(true)).await; // cog-0011
    assert_eq!(status_and_verified(&server, &ids, "eve").await, ("CONFIRMED".into(), "true".into()));
    assert_eq!(status_and_verified(&server, &ids, "ann").await, ("CONFIRMED".into(), "false".into()));
    let holder = json!({"UserPoolId": ids.pool, "Username": "one@example.com"});
    assert_eq!(server.expect_output("AdminGetUser", &holder).await["Username"], "eve"); // cog-0261
}

/// Returns the user status and `email_verified`.
async fn status_and_verified(server: &TestServer, ids: &PoolAndClient, username: &str) -> (String, String) {
    let user = json!({"UserPoolId": ids.pool, "Username": username});
    let user = server.expect_output("AdminGetUser", &user).await;
    let all = user["UserAttributes"].as_array().expect("attributes");
    let verified = all.iter().find(|one| one["Name"] == "email_verified").expect("email_verified");
    (text(&user["UserStatus"]).to_owned(), text(&verified["Value"]).to_owned())
}

#[tokio::test]
async fn admin_confirm_sign_up_confirms_and_verifies_nothing() {
    let server = TestServer::new().await;
    let pool = json!({"AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]});
    let pool = server.create_pool_with(pool).await;
    let ids = PoolAndClient { client: server.create_client_with(&pool, json!({})).await, pool };
    sign_up(&server, &ids, "ann").await;
    // cog-0408: these three are all members.
    let input = json!({"UserPoolId": ids.pool, "Username": "ann", "ClientMetadata": {"key": "value"}});
    let answer = server.post("AdminConfirmSignUp", &input).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}")); // cog-0046, cog-0056
    assert_eq!(status_and_verified(&server, &ids, "ann").await, ("CONFIRMED".into(), "false".into())); // cog-0048
    let not_found = "User does not exist.";
    let of = |username: &str| json!({"UserPoolId": ids.pool, "Username": username});
    let rows = [
        row("cog-0052", "AdminGetUser", of("ann@example.com"), "UserNotFoundException", not_found),
        row("cog-0058", "AdminConfirmSignUp", of("unknown"), "UserNotFoundException", not_found),
        row("cog-0298", "AdminGetUser", of("unknown"), "UserNotFoundException", not_found),
        row(
            "cog-0057",
            "AdminConfirmSignUp",
            json!({"UserPoolId": "us-east-1_nowhere", "Username": "ann"}),
            "ResourceNotFoundException",
            "User pool us-east-1_nowhere does not exist.",
        ),
        invalid(
            "cog-0044",
            "AdminConfirmSignUp",
            // Not the id of the recording, which was edited and matches the pattern.
            json!({"UserPoolId": "YOUR-USER-POOL-ID", "Username": "ann"}),
            &[
                "Value 'YOUR-USER-POOL-ID' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular \
               expression pattern: [\\w-]+_[0-9a-zA-Z]+",
            ],
        ),
        invalid(
            "cog-0408",
            "AdminConfirmSignUp",
            json!({}),
            &[
                "Value null at 'userPoolId' failed to satisfy constraint: Member must not be null",
                "Value null at 'username' failed to satisfy constraint: Member must not be null",
            ],
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn resend_confirmation_code_sends_to_the_auto_verified_contact() {
    let server = TestServer::new().await;
    let both = server
        .create_pool_with(json!({
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"},
        }))
        .await;
    let client = server.create_client_with(&both, json!({})).await;
    let given = attributes(&[("email", "ann@example.com"), ("phone_number", "+12065550388")]);
    let ann =
        json!({"ClientId": client, "Username": "ann", "Password": "Passw0rd!", "UserAttributes": given});
    server.expect_output("SignUp", &ann).await;
    let resend = json!({"ClientId": client, "Username": "ann"});
    let answer = server.post("ResendConfirmationCode", &resend).await;
    let body = r#"{"CodeDeliveryDetails":{"AttributeName":"phone_number","DeliveryMedium":"SMS","Destination":"+********0388"}}"#;
    assert_eq!((answer.status, answer.body.as_str()), (200, body)); // cog-0352, cog-0149
    // cog-0031: the first code is no longer valid.
    let [second, first] = server.codes_of("ann").try_into().expect("two messages");
    let stale = confirm(&client, "ann", &first);
    assert_refused(&server, [row("cog-0031", "ConfirmSignUp", stale, "CodeMismatchException", MISMATCH)])
        .await;
    server.expect_output("ConfirmSignUp", &confirm(&client, "ann", &second)).await;

    let none = server.create_pool_with(json!({})).await;
    let none = server.create_client_with(&none, json!({})).await;
    server.sign_up(&none, "bob", "bob@example.com").await;
    let hiding = json!({"PreventUserExistenceErrors": "ENABLED"});
    let hiding = server.create_client_with(&both, hiding).await;
    let rows = [
        row(
            "cog-0142",
            "ResendConfirmationCode",
            resend,
            "InvalidParameterException",
            "User is already confirmed.",
        ),
        row(
            "cog-0143",
            "ResendConfirmationCode",
            json!({"ClientId": none, "Username": "bob"}),
            "NotAuthorizedException",
            "Cannot resend codes. Auto verification not turned on.",
        ),
    ];
    assert_refused(&server, rows).await;
    server.expect_output("ResendConfirmationCode", &json!({"ClientId": hiding, "Username": "ann"})).await; // cog-0146
}
