//! What all operations have in common: headers, bodies, malformed input and constraint violations.

use std::time::Duration;

use serde_json::json;

use super::{assert_refused, attributes, invalid, row};
use crate::support::{TestServer, json_requests::JsonResponse};

#[tokio::test]
async fn answers_have_the_recorded_heads_and_bodies() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.app.clock.advance(Duration::from_millis(120));
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let found = server.post("AdminGetUser", &json!({"UserPoolId": ids.pool, "Username": "ann"})).await;
    // cog-0254: seconds since the epoch, a number with a fraction.
    assert!(found.body.contains(r#""UserCreateDate":1795246200.12"#), "{}", found.body);
    let refused = server.post("AdminGetUser", &json!({"UserPoolId": ids.pool, "Username": "bob"})).await;
    // cog-0243, cog-0249: a short name, `message` in lower case, and status 400 although the model has another.
    let body = r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#;
    assert_eq!((refused.status, refused.body.as_str()), (400, body));
    // cog-0244
    assert_eq!(refused.header("x-amzn-errortype"), "UserNotFoundException:");
    assert_eq!(refused.header("x-amzn-errormessage"), "User does not exist.");
    // cog-0300, cog-0244; `keep-alive` is the default of HTTP/1.1.
    for answer in [found, refused] {
        assert_eq!(answer.header("content-type"), "application/x-amz-json-1.1");
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        let id: Vec<_> = answer.header("x-amzn-requestid").split('-').map(str::len).collect();
        assert_eq!(id, [8, 4, 4, 4, 12], "a UUID");
        assert!(answer.header("date").ends_with(" GMT"), "{answer:?}");
        assert!(["", "keep-alive"].contains(&answer.header("connection")), "{answer:?}");
    }
}

#[tokio::test]
async fn wrong_password_is_reported_in_the_headers() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let ann = json!({"UserPoolId": ids.pool, "Username": "ann"});
    server.expect_output("AdminConfirmSignUp", &ann).await;
    let client = server
        .create_client_with(&ids.pool, json!({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}))
        .await;
    let parameters = json!({"USERNAME": "ann", "PASSWORD": "wrong"});
    let input = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let refused = server.post("InitiateAuth", &input).await;
    let body = r#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#;
    assert_eq!((refused.status, refused.body.as_str()), (400, body)); // cog-0164
    assert_eq!(refused.header("x-amzn-errortype"), "NotAuthorizedException:");
    assert_eq!(refused.header("x-amzn-errormessage"), "Incorrect username or password.");
}

#[tokio::test]
async fn invalid_parameter_answer_has_no_reason_code() {
    // cog-0253: reasonCode is optional.
    let server = TestServer::new().await;
    let answer =
        server.post("SignUp", &json!({"ClientId": "c", "Username": " ", "Password": "Passw0rd!"})).await;
    let body = answer.json();
    let members: Vec<_> = body.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(members, ["__type", "message"]);
}

#[tokio::test]
async fn malformed_body_is_refused() {
    let server = TestServer::new().await;
    let sign_up = |name: &str, value: &str| {
        format!(r#"{{"ClientId":"c","Username":"ann","Password":"Passw0rd!","{name}":{value}}}"#)
    };
    let pool = |name: &str, value: &str| format!(r#"{{"PoolName":"p","{name}":{value}}}"#);
    let cases: [(&str, &str, String, Option<&str>); 16] = [
        ("cog-0266 cog-0267 cog-0121", "SignUp", "{".into(), None),
        ("cog-0266", "SignUp", String::new(), None),
        ("cog-0266", "SignUp", "null".into(), None),
        ("cog-0266", "SignUp", r#""text""#.into(), None),
        ("cog-0266", "SignUp", r#"{"ClientId":"c",}"#.into(), None),
        ("cog-0268", "SignUp", "[]".into(), Some("Start of list found where not expected")),
        (
            "cog-0269",
            "ListUsers",
            r#"{"UserPoolId":"r_p","Limit":"5"}"#.into(),
            Some("STRING_VALUE can not be converted to an Integer"),
        ),
        (
            "cog-0119 cog-0270",
            "SignUp",
            sign_up("UserAttributes", r#"[{"Name":"custom:size","Value":7}]"#),
            Some("NUMBER_VALUE can not be converted to a String"),
        ),
        (
            "cog-0271",
            "SignUp",
            sign_up("SecretHash", "true"),
            Some("TRUE_VALUE can not be converted to a String"),
        ),
        (
            "cog-0271",
            "SignUp",
            sign_up("SecretHash", "false"),
            Some("FALSE_VALUE can not be converted to a String"),
        ),
        ("cog-0272", "SignUp", sign_up("UserAttributes", r#""x""#), Some("Expected list or null")),
        ("cog-0232", "SignUp", sign_up("ClientMetadata", r#""x""#), Some("Expected map or null")),
        ("cog-0273", "CreateUserPool", pool("Policies", r#""x""#), Some("Expected null")),
        (
            "cog-0274",
            "CreateUserPool",
            pool("Policies", "[]"),
            Some("Start of list found where not expected"),
        ),
        (
            "cog-0309",
            "ConfirmForgotPassword",
            r#"{"ConfirmationCode":{}}"#.into(),
            Some("Start of structure or map found where not expected."),
        ),
        // A type error precedes the missing member.
        (
            "cog-0275",
            "SignUp",
            r#"{"ClientId":7}"#.into(),
            Some("NUMBER_VALUE can not be converted to a String"),
        ),
    ];
    for (facts, operation, body, message) in cases {
        let answer = server.post_bytes(operation, body.clone()).await;
        let expected = match message {
            None => r#"{"__type":"SerializationException"}"#.to_owned(),
            Some(text) => format!(r#"{{"__type":"SerializationException","Message":"{text}"}}"#),
        };
        assert_eq!((answer.status, answer.body), (400, expected), "{facts}: {operation} {body}");
    }
}

#[tokio::test]
async fn nulls_unknown_members_and_decimals_are_accepted() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    // cog-0276, cog-0277: null means absent, and unknown members are ignored.
    let sign_up = json!({
        "ClientId": ids.client, "Username": "ann", "Password": "Passw0rd!", "SecretHash": null,
        "UserAttributes": null, "NoSuchMember": {"at": ["all"]},
    });
    server.expect_output("SignUp", &sign_up).await;
    // cog-0278: 1.5 is truncated to 1.
    server.create_pool_and_client().await;
    let page = server.expect_output("ListUserPools", &json!({"MaxResults": 1.5})).await;
    assert_eq!(page["UserPools"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn unknown_operation_is_refused() {
    let server = TestServer::new().await;
    // cog-0279: the prefix and the case matter.
    let targets = [
        "AWSCognitoIdentityProviderService.NoSuchOperation",
        "AWSCognitoIdentityProviderService.signup",
        "SignUp",
        "Other.SignUp",
        "",
    ];
    for target in targets {
        let answer = server.post_to(target, "{}").await;
        let body = r#"{"__type":"UnknownOperationException"}"#;
        assert_eq!((answer.status, answer.body.as_str()), (400, body), "{target:?}");
    }
}

#[tokio::test]
async fn signed_operation_without_signature_is_refused() {
    let server = TestServer::new().await;
    let call = async |operation: &str| -> JsonResponse { server.post_unsigned(operation, &json!({})).await };
    let text = "Missing Authentication Token".to_owned();
    let refusal = (400, "MissingAuthenticationTokenException".to_owned(), text);
    assert_eq!(call("ListUsers").await.refusal(), refusal); // cog-0340
    assert_eq!(call("AdminConfirmSignUp").await.refusal(), refusal);
}

#[tokio::test]
async fn constraint_violations_of_other_operations_have_the_recorded_texts() {
    let server = TestServer::new().await;
    let null = "Value null at 'clientId' failed to satisfy constraint: Member must not be null";
    let blank = "Value ' ap-northeast-1_xxx' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular \
                 expression pattern: [\\w-]+_[0-9a-zA-Z]+";
    // The path has the position in the list. An empty name violates two rules; the recording has the length first, the
    // order here is *Chosen*.
    let at = "Value '' at 'userAttributes.1.member.name' failed to satisfy constraint: ";
    let pattern = format!(
        "{at}Member must satisfy regular expression pattern: [\\p{{L}}\\p{{M}}\\p{{S}}\\p{{N}}\\p{{P}}\\t\\n\\r ]+"
    );
    let length = format!("{at}Member must have length greater than or equal to 1");
    let named = json!({"AccessToken": "t", "UserAttributes": attributes(&[("", "x")])});
    let rows = [
        invalid("cog-0314", "CreateManagedLoginBranding", json!({"UserPoolId": "us-east-1_a"}), &[null]),
        invalid("cog-0379", "ListGroups", json!({"UserPoolId": " ap-northeast-1_xxx"}), &[blank]),
        invalid("cog-0159", "InitiateAuth", json!({"AuthFlow": "USER_SRP_AUTH"}), &[null]),
        invalid("cog-0343", "UpdateUserAttributes", named, &[&pattern, &length]),
    ];
    assert_refused(&server, rows).await;
}

#[tokio::test]
async fn challenge_name_outside_the_enum_is_refused() {
    // cog-0407: the error about an unknown challenge name lists all names.
    let server = TestServer::new().await;
    let input = json!({"ClientId": "c", "ChallengeName": "NONE"});
    let (status, kind, text) = server.post("RespondToAuthChallenge", &input).await.refusal();
    assert_eq!((status, kind.as_str()), (400, "InvalidParameterException"));
    let (_, names) = text.split_once("enum value set: [").expect("a set");
    let mut names: Vec<_> = names.trim_end_matches(']').split(", ").collect();
    let mut known = vec![
        "SMS_MFA",
        "EMAIL_OTP",
        "SOFTWARE_TOKEN_MFA",
        "SELECT_MFA_TYPE",
        "MFA_SETUP",
        "PASSWORD_VERIFIER",
        "CUSTOM_CHALLENGE",
        "SELECT_CHALLENGE",
        "DEVICE_SRP_AUTH",
        "DEVICE_PASSWORD_VERIFIER",
        "ADMIN_NO_SRP_AUTH",
        "NEW_PASSWORD_REQUIRED",
        "SMS_OTP",
        "PASSWORD",
        "WEB_AUTHN",
        "PASSWORD_SRP",
    ];
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[tokio::test]
async fn unknown_pool_is_reported_with_its_id() {
    let server = TestServer::new().await;
    let id = "eu-west-1_LjHHEshf0";
    let rows = ["DescribeUserPool", "DeleteUserPool", "ListUserPoolClients"].map(|operation| {
        let text = format!("User pool {id} does not exist.");
        row("cog-0325", operation, json!({"UserPoolId": id}), "ResourceNotFoundException", text)
    });
    assert_refused(&server, rows).await;
}
