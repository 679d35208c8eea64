//! Whole bodies: where a body of the live service was recorded as a whole, the answer to the same request is compared byte
//! for byte, with its length.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestServer};

/// A request, and the status and the body of its answer.
struct Exchange {
    facts: &'static str,
    operation: &'static str,
    input: Value,
    status: u16,
    body: String,
}

fn answered(facts: &'static str, operation: &'static str, input: Value, body: &str) -> Exchange {
    Exchange { facts, operation, input, status: 200, body: body.to_owned() }
}

fn refused(facts: &'static str, operation: &'static str, input: Value, body: &str) -> Exchange {
    Exchange { facts, operation, input, status: 400, body: body.to_owned() }
}

/// Sends the requests in order and compares the answers.
async fn assert_bodies(server: &TestServer, exchanges: impl IntoIterator<Item = Exchange>) {
    let mut wrong = Vec::new();
    for Exchange { facts, operation, input, status, body } in exchanges {
        let answer = server.post(operation, &input).await;
        let is_right = (answer.status, answer.body.as_str()) == (status, body.as_str());
        if !is_right || answer.header("content-length") != body.len().to_string() {
            wrong.push(format!("{facts} {operation}: {answer:?}\n  instead of {status} {body}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn sign_up_and_confirmation_have_the_recorded_bodies() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let sign_up = |username: &str, name: &str, value: &str| {
        json!({
            "ClientId": ids.client, "Username": username, "Password": PASSWORD,
            "UserAttributes": [{ "Name": name, "Value": value }],
        })
    };
    let schema = r#"{"__type":"InvalidParameterException","message":"Attributes did not conform to the schema: password: Attribute does not exist in the schema.\n"}"#;
    let attributes =
        [("a", "custom:a"), ("b", "custom:b")].map(|(value, name)| json!({ "Name": name, "Value": value }));
    let several = json!({
        "ClientId": ids.client, "Username": "ann", "Password": PASSWORD, "UserAttributes": attributes,
    });
    let two = r#"{"__type":"InvalidParameterException","message":"Attributes did not conform to the schema: custom:a: Attribute does not exist in the schema.\ncustom:b: Attribute does not exist in the schema.\n"}"#;
    assert_bodies(
        &server,
        [
            refused("cog-0132", "SignUp", sign_up("ann", "password", "x"), schema),
            refused("pub-0005", "SignUp", several, two),
        ],
    )
    .await;

    // cog-0086: the details are exactly these.
    let signed_up = server.expect_output("SignUp", &sign_up("ann", "email", "test@test.com")).await;
    let details = json!({ "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "t***@t***" });
    assert_eq!(signed_up["CodeDeliveryDetails"], details);
    assert_eq!(signed_up["UserConfirmed"], json!(false));
    let members: Vec<_> = signed_up.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["CodeDeliveryDetails", "UserConfirmed", "UserSub"]);

    let ann = json!({ "ClientId": ids.client, "Username": "ann" });
    let exists = r#"{"__type":"UsernameExistsException","message":"User already exists"}"#;
    let resent = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"t***@t***"}}"#;
    let admin = json!({ "UserPoolId": ids.pool, "Username": "ann" });
    let confirmed = r#"{"__type":"InvalidParameterException","message":"User is already confirmed."}"#;
    let status = r#"{"__type":"NotAuthorizedException","message":"User cannot be confirmed. Current status is CONFIRMED"}"#;
    assert_bodies(
        &server,
        [
            refused("cog-0060", "SignUp", sign_up("ann", "email", "test@test.com"), exists),
            answered("cog-0352", "ResendConfirmationCode", ann.clone(), resent),
            answered("cog-0046 cog-0056", "AdminConfirmSignUp", admin.clone(), "{}"),
            refused("cog-0142", "ResendConfirmationCode", ann, confirmed),
            refused("cog-0054", "AdminConfirmSignUp", admin.clone(), status),
            answered("cog-0296", "AdminDeleteUser", admin, ""),
        ],
    )
    .await;
}

/// cog-0009.
#[tokio::test]
async fn confirm_sign_up_without_session_has_the_recorded_body() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let code = server.code_of("ann");
    let input = json!({ "ClientId": ids.client, "Username": "ann", "ConfirmationCode": code });
    let confirmed = server.post("ConfirmSignUp", &input).await;
    assert_eq!((confirmed.status, confirmed.body.as_str()), (200, "{}"));
    assert_eq!(confirmed.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(confirmed.header("content-length"), "2");
}

#[tokio::test]
async fn sign_in_and_recovery_have_the_recorded_bodies() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let flows = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]);
    let client = server.create_client_with(&pool, json!({ "ExplicitAuthFlows": flows })).await;
    let hiding = server.create_client_with(&pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let parameters = json!({ "USERNAME": "ann", "PASSWORD": PASSWORD });
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
    });
    let unknown_client = json!({
        "UserPoolId": pool, "ClientId": "unknown", "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": parameters,
    });
    let metadata = json!({
        "ClientId": client, "ChallengeName": "SMS_MFA", "ClientMetadata": "text",
        "ChallengeResponses": { "USERNAME": "ann" },
    });
    let ann = json!({ "ClientId": client, "Username": "ann" });
    let password = json!({
        "UserPoolId": pool, "Username": "ann", "Password": "Another-1", "Permanent": true,
    });
    let unconfirmed = r#"{"__type":"UserNotConfirmedException","message":"User is not confirmed."}"#;
    let no_client =
        r#"{"__type":"ResourceNotFoundException","message":"User pool client unknown does not exist."}"#;
    let map = r#"{"__type":"SerializationException","Message":"Expected map or null"}"#;
    let no_contact = r#"{"__type":"InvalidParameterException","message":"Cannot reset password for the user as there is no registered/verified email or phone_number"}"#;
    let simulated = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"u***@y***"}}"#;
    assert_eq!(simulated.len(), 100, "cog-0356");
    let missing =
        r#"{"__type":"UserNotFoundException","message":"Username/client id combination not found."}"#;
    assert_bodies(
        &server,
        [
            refused("cog-0212", "InitiateAuth", sign_in, unconfirmed),
            refused("cog-0214", "AdminInitiateAuth", unknown_client, no_client),
            refused("cog-0232", "RespondToAuthChallenge", metadata, map),
            refused("cog-0331", "ForgotPassword", ann, no_contact),
            refused("cog-0357", "ForgotPassword", json!({ "ClientId": client, "Username": "eve" }), missing),
            answered(
                "cog-0356",
                "ForgotPassword",
                json!({ "ClientId": hiding, "Username": "eve" }),
                simulated,
            ),
            answered("cog-0304", "AdminSetUserPassword", password, "{}"),
        ],
    )
    .await;
}

#[tokio::test]
async fn pool_without_verified_attributes_has_the_recorded_body() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let client = server.create_client_with(&pool, json!({})).await;
    server.sign_up(&client, "ann", "ann@example.com").await;
    let off = r#"{"__type":"NotAuthorizedException","message":"Cannot resend codes. Auto verification not turned on."}"#;
    let ann = json!({ "ClientId": client, "Username": "ann" });
    assert_bodies(&server, [refused("cog-0143", "ResendConfirmationCode", ann, off)]).await;
}

#[tokio::test]
async fn secret_hash_and_sign_up_refusals_have_the_recorded_bodies() {
    let server = TestServer::new().await;
    let pool = server
        .create_pool_with(json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } }))
        .await;
    let settings = json!({ "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] });
    let secret_client = server.create_client_with(&pool, settings).await;
    let client = server.create_client_with(&pool, json!({})).await;
    let sign_in = json!({
        "UserPoolId": pool, "ClientId": secret_client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ann", "PASSWORD": PASSWORD, "SECRET_HASH": "wrong" },
    });
    let wrong = format!(
        r#"{{"__type":"NotAuthorizedException","message":"Unable to verify secret hash for client {secret_client}"}}"#
    );
    let sign_up = json!({ "ClientId": client, "Username": "ann", "Password": PASSWORD });
    let closed =
        r#"{"__type":"NotAuthorizedException","message":"SignUp is not permitted for this user pool"}"#;
    let renew = json!({
        "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": "nonsense" },
    });
    let token = r#"{"__type":"NotAuthorizedException","message":"Invalid Refresh Token."}"#;
    assert_eq!(token.len(), 70, "pub-0018");
    assert_bodies(
        &server,
        [
            refused("cog-0213", "AdminInitiateAuth", sign_in, &wrong),
            refused("pub-0002", "SignUp", sign_up, closed),
            refused("pub-0018", "InitiateAuth", renew, token),
        ],
    )
    .await;
}

/// cog-0265.
#[tokio::test]
async fn attempt_limit_has_the_recorded_body() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let ann = json!({ "ClientId": ids.client, "Username": "ann" });
    for _ in 0..5 {
        server.expect_output("ResendConfirmationCode", &ann).await;
    }
    let limit = r#"{"__type":"LimitExceededException","message":"Attempt limit exceeded, please try after some time."}"#;
    assert_bodies(&server, [refused("cog-0265", "ResendConfirmationCode", ann, limit)]).await;
}
