//! Requests byte by byte: the R client paws, and clients that write requests by hand.

use crate::support::{
    TestServer,
    raw_requests::{PAWS, send},
};

#[tokio::test]
async fn paws_sign_up_and_confirm_sign_up_succeed() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    let client = &ids.client;
    let sign_up = format!(
        r#"{{"ClientId":"{client}","Username":"ann","Password":"Passw0rd!","UserAttributes":[{{"Name":"email","Value":"ann@example.com"}}]}}"#
    );
    let answer = send(server.address, "SignUp", PAWS, &sign_up).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let begin = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"a***@e***"},"UserConfirmed":false,"UserSub":""#;
    assert!(answer.body.starts_with(begin), "{}", answer.body);

    let confirm = |code: &str| {
        format!(
            r#"{{"ClientId":"{client}","Username":"ann","ConfirmationCode":"{code}","ForceAliasCreation":false}}"#
        )
    };
    let answer = send(server.address, "ConfirmSignUp", PAWS, &confirm("nonsense")).await;
    let text = r#"{"__type":"CodeMismatchException","message":"Invalid verification code provided, please try again."}"#;
    assert_eq!((answer.status, answer.body.as_str()), (400, text));
    assert!(answer.head.contains("x-amzn-errortype: codemismatchexception:"), "{}", answer.head);
    assert!(answer.head.contains("content-type: application/x-amz-json-1.1"), "{}", answer.head);

    let answer = send(server.address, "ConfirmSignUp", PAWS, &confirm(&server.code_of("ann"))).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "{}"),
        "never an empty body: Amplify would throw"
    );

    let get = format!(r#"{{"UserPoolId":"{}","Username":"ann"}}"#, ids.pool);
    let answer = send(server.address, "AdminGetUser", PAWS, &get).await;
    assert!(answer.body.contains(r#""UserStatus":"CONFIRMED""#), "{}", answer.body);
    assert!(answer.body.contains(r#"{"Name":"email_verified","Value":"true"}"#), "{}", answer.body);
    assert!(answer.body.contains(r#""UserCreateDate":1795246200"#), "a number: {}", answer.body);
}

#[tokio::test]
async fn paws_admin_confirm_sign_up_succeeds_and_tells_errors() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = |username: &str| format!(r#"{{"UserPoolId":"{}","Username":"{username}"}}"#, ids.pool);
    let answer = send(server.address, "AdminConfirmSignUp", PAWS, &body("bob")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    let answer = send(server.address, "AdminConfirmSignUp", PAWS, &body("nobody")).await;
    let text = r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#;
    assert_eq!((answer.status, answer.body.as_str()), (400, text));
}

#[tokio::test]
async fn request_without_content_type_succeeds() {
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, ids.pool);
    let signed: Vec<_> = PAWS.iter().copied().filter(|(name, _)| *name != "Content-Type").collect();
    let answer = send(server.address, "AdminConfirmSignUp", &signed, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn operation_not_served_with_valid_input_is_not_implemented() {
    let server = TestServer::new().await;
    let answer = send(server.address, "GetCSVHeader", PAWS, r#"{"UserPoolId":"us-east-1_a"}"#).await;
    let text = r#"{"__type":"NotImplementedException","message":"GetCSVHeader is not served"}"#;
    assert_eq!((answer.status, answer.body.as_str()), (501, text));
    let answer = send(server.address, "GetCSVHeader", PAWS, "{}").await;
    let text = "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: \
                Member must not be null";
    assert_eq!((answer.status, answer.body.contains(text)), (400, true), "{}", answer.body);
}

#[tokio::test]
async fn deletions_answer_an_empty_body() {
    // cog-0296
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, ids.pool);
    let answer = send(server.address, "AdminDeleteUser", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}","ClientId":"{}"}}"#, ids.pool, ids.client);
    let answer = send(server.address, "DeleteUserPoolClient", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}"}}"#, ids.pool);
    let answer = send(server.address, "DeleteUserPool", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn changes_by_administrators_answer_an_empty_structure() {
    // cog-0304
    let server = TestServer::new().await;
    let ids = server.pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let cases = [
        ("AdminSetUserPassword", r#","Password":"Passw0rd!","Permanent":true"#),
        ("AdminUpdateUserAttributes", r#","UserAttributes":[{"Name":"email_verified","Value":"true"}]"#),
        ("AdminDeleteUserAttributes", r#","UserAttributeNames":["name"]"#),
        ("AdminResetUserPassword", ""),
        ("AdminDisableUser", ""),
        ("AdminEnableUser", ""),
    ];
    for (operation, more) in cases {
        let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"{more}}}"#, ids.pool);
        let answer = send(server.address, operation, PAWS, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{operation}");
    }
}
