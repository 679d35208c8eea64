//! SignUp: accepted input, the recipient of the code, and errors. Usernames are in [`super::names`], passwords in
//! [`super::passwords`].

use serde_json::{Value, json};

use super::{assert_refused, attributes, invalid, row, text, with};
use crate::support::{TestServer, json_requests::JsonResponse};

/// Returns the input of a valid sign-up.
fn valid(client: &str, username: &str) -> Value {
    json!({"ClientId": client, "Username": username, "Password": "Passw0rd!"})
}

#[tokio::test]
async fn sign_up_checks_client_then_secret_then_password() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let secretive = server.create_client_with(&ids.pool, json!({"GenerateSecret": true})).await;
    // cog-0138: a short password is refused only after client and secret hash are valid.
    let short = |client: &str| with(&valid(client, "ann"), json!({"Password": "abc"}));
    let hashed = |hash: &str| with(&short(&secretive), json!({"SecretHash": hash}));
    let unknown = "5cj9ag4nvskjkv0dg3sade5fd5";
    let rows = [
        row(
            "cog-0115 cog-0138",
            "SignUp",
            short(unknown),
            "ResourceNotFoundException",
            format!("User pool client {unknown} does not exist."),
        ),
        row(
            "cog-0114 cog-0138",
            "SignUp",
            short(&secretive),
            "NotAuthorizedException",
            format!("Client {secretive} is configured with secret but SECRET_HASH was not received"),
        ),
        row(
            "cog-0241",
            "SignUp",
            hashed("bm9uc2Vuc2U="),
            "NotAuthorizedException",
            format!("Unable to verify secret hash for client {secretive}"),
        ),
        invalid(
            "cog-0076",
            "SignUp",
            valid("", "ann"),
            &[
                "Value at 'clientId' failed to satisfy constraint: Member must satisfy regular expression pattern: \
                 [\\w+]+",
                "Value at 'clientId' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ],
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn sign_up_with_attributes_outside_the_schema_is_refused() {
    let server = TestServer::new().await;
    let required = ["name", "family_name", "gender", "birthdate"];
    let required: Value = required.iter().map(|name| json!({"Name": name, "Required": true})).collect();
    let many = server.create_pool_with(json!({"Schema": required})).await;
    let many = server.create_client_with(&many, json!({})).await;
    let email = server.create_pool_with(json!({"Schema": [{"Name": "email", "Required": true}]})).await;
    let email = server.create_client_with(&email, json!({})).await;
    let name = server.create_pool_with(json!({"Schema": [{"Name": "name", "Required": true}]})).await;
    let name = server.create_client_with(&name, json!({})).await;
    let plain = server.create_pool_and_client().await.client;
    let narrow = server.create_pool_and_client().await.pool;
    let narrow = server.create_client_with(&narrow, json!({"WriteAttributes": ["email"]})).await;

    let sign_up = |client: &str, all: &[(&str, &str)]| {
        with(&valid(client, "ann"), json!({"UserAttributes": attributes(all)}))
    };
    let refused = |facts, input, text: &str| row(facts, "SignUp", input, "InvalidParameterException", text);
    let schema = |text: &str| format!("Attributes did not conform to the schema: {text}");
    let rows = [
        refused("cog-0088 cog-0396", sign_up(&email, &[]), &schema("email: The attribute is required")),
        // The clause about `name` has the newer text (cog-0090).
        refused(
            "cog-0089",
            sign_up(&many, &[]),
            &schema(
                "name.formatted: The attribute name.formatted is required family_name: The attribute is required \
                 gender: The attribute is required birthdate: The attribute is required",
            ),
        ),
        refused(
            "cog-0090",
            sign_up(&name, &[]),
            &schema("name.formatted: The attribute name.formatted is required"),
        ),
        refused(
            "cog-0091 cog-0139",
            sign_up(&plain, &[("custom:userId", "7")]),
            &schema("custom:userId: Attribute does not exist in the schema.\n"),
        ),
        refused(
            "cog-0132",
            sign_up(&plain, &[("password", "x")]),
            &schema("password: Attribute does not exist in the schema.\n"),
        ),
        refused("cog-0077", sign_up(&plain, &[("email", "ann")]), "Invalid email address format."),
        refused(
            "cog-0371 cog-0406",
            with(&valid(&plain, "ann"), json!({"UserAttributes": [{"Name": "phone_number"}]})),
            "Attribute value for phone_number must not be null",
        ),
        row(
            "cog-0092",
            "SignUp",
            sign_up(&narrow, &[("name", "Ann")]),
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        invalid(
            "cog-0406",
            "SignUp",
            sign_up(&plain, &[(&"n".repeat(33), "x")]),
            &[&format!(
                "Value '{}' at 'userAttributes.1.member.name' failed to satisfy constraint: Member must have length \
                 less than or equal to 32",
                "n".repeat(33)
            )],
        ),
        invalid(
            "cog-0406 cog-0263",
            "SignUp",
            sign_up(&plain, &[("name", &"n".repeat(2049))]),
            &[
                "Value at 'userAttributes.1.member.value' failed to satisfy constraint: Member must have length less \
               than or equal to 2048",
            ],
        ),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn sign_up_sends_the_code_to_the_auto_verified_contact() {
    let server = TestServer::new().await;
    let both = server
        .create_pool_with(json!({
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"},
        }))
        .await;
    let both = server.create_client_with(&both, json!({})).await;
    let none = server.create_pool_with(json!({})).await;
    let none = server.create_client_with(&none, json!({})).await;
    let email = server.create_pool_and_client().await.client;
    let mail = json!({"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "t***@t***"});
    let sms =
        json!({"AttributeName": "phone_number", "DeliveryMedium": "SMS", "Destination": "+********0388"});
    let (address, number) = (("email", "test@test.com"), ("phone_number", "+12065550388"));
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Value);
    let cases: [Case<'_>; 7] = [
        ("cog-0079", &both, &[("email", ""), number], sms.clone()),
        // With the newer mask (cog-0128).
        ("cog-0080", &both, &[address, ("phone_number", "")], mail.clone()),
        ("cog-0081", &both, &[("email", ""), ("phone_number", "")], Value::Null),
        ("cog-0082 cog-0127 cog-0129", &both, &[address, number], sms),
        ("cog-0085", &none, &[address], Value::Null),
        ("cog-0086 cog-0128", &email, &[address], mail),
        ("cog-0087", &email, &[], Value::Null),
    ];
    for (at, (facts, client, given, expected)) in cases.into_iter().enumerate() {
        let input = with(&valid(client, &format!("ann{at}")), json!({"UserAttributes": attributes(given)}));
        let answer = server.expect_output("SignUp", &input).await;
        assert_eq!(answer["CodeDeliveryDetails"], expected, "{facts}: {answer}");
        assert_eq!(answer["UserConfirmed"], json!(false), "{facts}");
        assert_eq!(text(&answer["UserSub"]).len(), 36, "{facts}");
        assert_eq!(answer.get("Session"), None, "cog-0118: the client does not allow USER_AUTH");
    }
}

#[tokio::test]
async fn sign_up_with_empty_required_attribute_succeeds() {
    // cog-0372
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({"Schema": [{"Name": "email", "Required": true}]})).await;
    let client = server.create_client_with(&pool, json!({})).await;
    let input = with(&valid(&client, "ann"), json!({"UserAttributes": attributes(&[("email", "")])}));
    server.expect_output("SignUp", &input).await;
}

#[tokio::test]
async fn sign_up_with_client_that_allows_user_auth_returns_a_session() {
    // cog-0112, cog-0118, cog-0027, cog-0404
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let client = server.create_client_with(&pool, json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]})).await;
    let mail = json!({"UserAttributes": attributes(&[("email", "ann@example.com")])});
    let session =
        server.expect_output("SignUp", &with(&valid(&client, "ann"), mail)).await["Session"].clone();
    assert!((20..=2048).contains(&text(&session).len()), "{session}");
    let confirm = json!({
        "ClientId": client, "Username": "ann", "ConfirmationCode": server.code_of("ann"), "Session": session,
    });
    let next = server.expect_output("ConfirmSignUp", &confirm).await["Session"].clone();
    assert!((20..=2048).contains(&text(&next).len()), "{next}");
    assert_ne!(session, next, "the session was returned again");
    let length = "Value at 'session' failed to satisfy constraint: Member must have length greater than or equal to 20";
    let short = with(&confirm, json!({"Session": "s".repeat(19)}));
    assert_refused(&server, [invalid("cog-0404", "ConfirmSignUp", short, &[length])]).await;
}

#[tokio::test]
async fn sign_up_without_password_in_passwordless_pool_succeeds() {
    // cog-0105
    let server = TestServer::new().await;
    let factors = json!({"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}});
    let pool =
        server.create_pool_with(json!({"AutoVerifiedAttributes": ["email"], "Policies": factors})).await;
    let client = server.create_client_with(&pool, json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]})).await;
    for (username, password) in [("ann", None), ("bob", Some(""))] {
        let mut input = valid(&client, username);
        input["UserAttributes"] = attributes(&[("email", "ann@example.com")]);
        input["Password"] = json!(password);
        server.expect_output("SignUp", &input).await;
    }
}

#[tokio::test]
async fn sign_up_ignores_a_signature() {
    // cog-0025: the same is true of ConfirmSignUp.
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let send = async |operation: &str, input: Value| -> JsonResponse {
        server.post_unsigned(operation, &input).await
    };
    let mail = json!({"UserAttributes": attributes(&[("email", "ann@example.com")])});
    send("SignUp", with(&valid(&ids.client, "ann"), mail)).await.expect_output();
    let code = server.code_of("ann");
    let confirm = json!({"ClientId": ids.client, "Username": "ann", "ConfirmationCode": code});
    send("ConfirmSignUp", confirm).await.expect_output();
}
