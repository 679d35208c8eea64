//! Relatives of the public reports in [`super::reports`]: the same mistake in sibling operations and challenges.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestServer};

const INVALID: &str = "InvalidParameterException";

async fn assert_refusal(server: &TestServer, operation: &str, input: &Value, kind: &str, text: &str) {
    let answer = server.post(operation, input).await;
    assert_eq!(answer.refusal(), (400, kind.to_owned(), text.to_owned()), "{operation} {input}");
}

/// Creates a user with a temporary password, and returns an app client and the session of NEW_PASSWORD_REQUIRED.
async fn invited(server: &TestServer, pool: &str, username: &str, attributes: Value) -> (String, String) {
    let user = json!({
        "UserPoolId": pool, "Username": username, "UserAttributes": attributes, "MessageAction": "SUPPRESS",
        "TemporaryPassword": PASSWORD,
    });
    server.expect_output("AdminCreateUser", &user).await;
    let flows =
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"] });
    let client = server.create_client_with(pool, flows).await;
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": username, "PASSWORD": PASSWORD },
    });
    let challenge = server.expect_output("InitiateAuth", &sign_in).await;
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    (client, challenge["Session"].as_str().expect("a session").to_owned())
}

/// Returns the answers of the user and of the administrator to NEW_PASSWORD_REQUIRED, with an attribute.
fn new_password(
    pool: &str,
    (client, session): &(String, String),
    username: &str,
    attribute: (&str, &str),
) -> [(&'static str, Value); 2] {
    let name = format!("userAttributes.{}", attribute.0);
    let answer = json!({
        "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
        "ChallengeResponses": { "USERNAME": username, "NEW_PASSWORD": "Another-1", name: attribute.1 },
    });
    let mut by_admin = answer.clone();
    by_admin["UserPoolId"] = pool.into();
    [("RespondToAuthChallenge", answer), ("AdminRespondToAuthChallenge", by_admin)]
}

/// pub-0020, pub-0021: neither the user nor the administrator changes what the administrator has provided.
#[tokio::test]
async fn new_password_with_an_attribute_that_the_administrator_provided_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "Schema": [{ "Name": "email", "Required": true }] })).await;
    let email = json!([{ "Name": "email", "Value": "ann@example.com" }]);
    let challenge = invited(&server, &pool, "ann", email).await;
    let provided = "Cannot modify an already provided email";
    for (operation, input) in new_password(&pool, &challenge, "ann", ("email", "eve@example.com")) {
        assert_refusal(&server, operation, &input, "NotAuthorizedException", provided).await;
    }
    let flag = "Cannot modify the non-mutable attribute email_verified";
    for (operation, input) in new_password(&pool, &challenge, "ann", ("email_verified", "true")) {
        assert_refusal(&server, operation, &input, INVALID, flag).await;
    }
    let ann = json!({ "UserPoolId": pool, "Username": "ann" });
    let user = server.expect_output("AdminGetUser", &ann).await;
    let has_email = |one: &Value| one["Name"] == "email" && one["Value"] == "ann@example.com";
    assert!(user["UserAttributes"].as_array().expect("a list").iter().any(has_email), "{user}");
}

/// api-0325 in the challenge of a new password.
#[tokio::test]
async fn new_password_with_a_preferred_username_that_is_taken_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "AliasAttributes": ["preferred_username"] })).await;
    let taken = json!([{ "Name": "preferred_username", "Value": "cat" }]);
    let user = json!({
        "UserPoolId": pool, "Username": "bob", "UserAttributes": taken, "MessageAction": "SUPPRESS",
    });
    server.expect_output("AdminCreateUser", &user).await;
    let challenge = invited(&server, &pool, "ann", json!([])).await;
    let text = "Already found an entry for the provided username.";
    for (operation, input) in new_password(&pool, &challenge, "ann", ("preferred_username", "cat")) {
        assert_refusal(&server, operation, &input, "AliasExistsException", text).await;
    }
}

/// api-0323 for every challenge that has a session, asked by the user and by an administrator.
#[tokio::test]
async fn response_to_any_challenge_without_session_is_refused() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"] });
    let client = server.create_client_with(&ids.pool, flows).await;
    for (challenge, name, value) in [
        ("SMS_MFA", "SMS_MFA_CODE", "123456"),
        ("SMS_OTP", "SMS_OTP_CODE", "12345678"),
        ("EMAIL_OTP", "EMAIL_OTP_CODE", "12345678"),
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE", "123456"),
        ("SELECT_MFA_TYPE", "ANSWER", "SMS_MFA"),
        ("SELECT_CHALLENGE", "ANSWER", "EMAIL_OTP"),
        ("MFA_SETUP", "ANSWER", "x"),
        ("CUSTOM_CHALLENGE", "ANSWER", "x"),
        ("PASSWORD", "PASSWORD", PASSWORD),
        ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD", PASSWORD),
    ] {
        let mut input = json!({
            "ClientId": client, "ChallengeName": challenge,
            "ChallengeResponses": { "USERNAME": "ann", name: value },
        });
        let text = "Missing required parameter Session";
        assert_refusal(&server, "RespondToAuthChallenge", &input, INVALID, text).await;
        input["UserPoolId"] = ids.pool.clone().into();
        assert_refusal(&server, "AdminRespondToAuthChallenge", &input, INVALID, text).await;
    }
}

/// api-0324 in the setup of a second factor at sign-in.
#[tokio::test]
async fn wrong_code_in_mfa_setup_at_sign_in_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({})).await;
    let config = json!({
        "UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    server.expect_output("SetUserPoolMfaConfig", &config).await;
    let challenge = invited(&server, &pool, "ann", json!([])).await;
    let [(operation, input), _] = new_password(&pool, &challenge, "ann", ("nickname", "Nan"));
    let setup = server.expect_output(operation, &input).await;
    assert_eq!(setup["ChallengeName"], "MFA_SETUP");
    let mut session = setup["Session"].clone();
    let mut refused = Vec::new();
    // One of two codes is wrong at any instant.
    for code in ["000000", "111111"] {
        let associated = server.post("AssociateSoftwareToken", &json!({ "Session": session })).await;
        session = associated.json()["Session"].clone();
        let verify = json!({ "Session": session, "UserCode": code });
        refused.push(server.post("VerifySoftwareToken", &verify).await.refusal());
        if refused.len() == 1 && refused[0].0 != 400 {
            break;
        }
    }
    let text = "Code mismatch and fail enable Software Token MFA".to_owned();
    assert!(refused.contains(&(400, "EnableSoftwareTokenMFAException".to_owned(), text)), "{refused:?}");
}

/// api-0331: also for the operations that list.
#[tokio::test]
async fn pool_that_does_not_exist_is_refused_in_every_family() {
    let server = TestServer::new().await;
    let pool = "us-east-1_ZZZZZZZZZ";
    let text = "User pool us-east-1_ZZZZZZZZZ does not exist.";
    for (operation, more) in [
        ("ListUsers", json!({})),
        ("ListUserPoolClients", json!({})),
        ("ListGroups", json!({})),
        ("ListUsersInGroup", json!({ "GroupName": "g" })),
        ("DescribeUserPool", json!({})),
        ("DescribeUserPoolClient", json!({ "ClientId": "c" })),
        ("GetUserPoolMfaConfig", json!({})),
        ("GetGroup", json!({ "GroupName": "g" })),
        ("AdminGetUser", json!({ "Username": "ann" })),
        ("AdminListDevices", json!({ "Username": "ann" })),
        ("AdminListGroupsForUser", json!({ "Username": "ann" })),
        ("AdminListUserAuthEvents", json!({ "Username": "ann" })),
        (
            "AddCustomAttributes",
            json!({ "CustomAttributes": [{ "Name": "a", "AttributeDataType": "String" }] }),
        ),
        ("UpdateUserPool", json!({})),
        ("DeleteUserPool", json!({})),
    ] {
        let mut input = more;
        input["UserPoolId"] = pool.into();
        assert_refusal(&server, operation, &input, "ResourceNotFoundException", text).await;
    }
}

/// api-0071.
#[tokio::test]
async fn refresh_token_rotation_in_lite_pool_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_with(json!({ "UserPoolTier": "LITE" })).await;
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 });
    let mut input = json!({ "UserPoolId": pool, "ClientName": "c", "RefreshTokenRotation": rotation });
    let text = "The following features need to be disabled for the LITE pricing tier configured: Refresh Token Rotation";
    let kind = "FeatureUnavailableInTierException";
    assert_refusal(&server, "CreateUserPoolClient", &input, kind, text).await;
    input["ClientId"] = server.create_client_with(&pool, json!({})).await.into();
    assert_refusal(&server, "UpdateUserPoolClient", &input, kind, text).await;
}

/// pub-0037: SMS is a second factor of the user, so a code for a new password goes to the e-mail address.
#[tokio::test]
async fn recovery_skips_the_contact_that_is_a_second_factor() {
    let server = TestServer::new().await;
    let mechanisms = |names: &[&str]| {
        let ranked = (1..).zip(names).map(|(rank, name)| json!({ "Priority": rank, "Name": name }));
        json!({ "RecoveryMechanisms": ranked.collect::<Vec<_>>() })
    };
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "e" });
    let contacts = json!([
        { "Name": "email", "Value": "ann@example.com" },
        { "Name": "email_verified", "Value": "true" },
        { "Name": "phone_number", "Value": "+15550100" },
        { "Name": "phone_number_verified", "Value": "true" },
    ]);
    let cases = [
        (Some(mechanisms(&["verified_phone_number", "verified_email"])), Ok("EMAIL")),
        (Some(mechanisms(&["verified_phone_number"])), Err(())),
        (None, Ok("SMS")),
    ];
    for (setting, expected) in cases {
        let mut settings = json!({ "SmsConfiguration": sms, "MfaConfiguration": "OPTIONAL" });
        if let Some(setting) = &setting {
            settings["AccountRecoverySetting"] = setting.clone();
        }
        let pool = server.create_pool_with(settings).await;
        let client = server.create_client_with(&pool, json!({})).await;
        let user = json!({
            "UserPoolId": pool, "Username": "ann", "UserAttributes": contacts, "MessageAction": "SUPPRESS",
        });
        server.expect_output("AdminCreateUser", &user).await;
        let password =
            json!({ "UserPoolId": pool, "Username": "ann", "Password": PASSWORD, "Permanent": true });
        server.expect_output("AdminSetUserPassword", &password).await;
        let prefer = json!({ "UserPoolId": pool, "Username": "ann", "SMSMfaSettings": { "Enabled": true } });
        server.expect_output("AdminSetUserMFAPreference", &prefer).await;
        let forgot = json!({ "ClientId": client, "Username": "ann" });
        match expected {
            Ok(medium) => {
                let sent = server.expect_output("ForgotPassword", &forgot).await;
                assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], medium, "{setting:?}");
            }
            Err(()) => {
                let text = "Cannot reset password for the user as there is no registered/verified email or phone_number";
                assert_refusal(&server, "ForgotPassword", &forgot, INVALID, text).await;
            }
        }
    }
}
