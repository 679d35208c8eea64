//! Requests as the R client paws and clients without an SDK send them, and the exact bodies of their responses.

use crate::support::{
    TestServer,
    raw_requests::{PAWS_HEADERS, send},
};

#[tokio::test]
async fn paws_sign_up_and_confirm_sign_up_succeed() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    let client = &ids.client;
    let sign_up = format!(
        r#"{{"ClientId":"{client}","Username":"ann","Password":"Passw0rd!","UserAttributes":[{{"Name":"email","Value":"ann@example.com"}}]}}"#
    );
    let response = send(server.address, "SignUp", PAWS_HEADERS, &sign_up).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let prefix = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"a***@e***"},"UserConfirmed":false,"UserSub":""#;
    assert!(response.body.starts_with(prefix), "{}", response.body);

    let confirm = |code: &str| {
        format!(
            r#"{{"ClientId":"{client}","Username":"ann","ConfirmationCode":"{code}","ForceAliasCreation":false}}"#
        )
    };
    let response = send(server.address, "ConfirmSignUp", PAWS_HEADERS, &confirm("nonsense")).await;
    let text = r#"{"__type":"CodeMismatchException","message":"Invalid verification code provided, please try again."}"#;
    assert_eq!((response.status, response.body.as_str()), (400, text));
    assert!(response.head.contains("x-amzn-errortype: codemismatchexception:"), "{}", response.head);
    assert!(response.head.contains("content-type: application/x-amz-json-1.1"), "{}", response.head);

    let response =
        send(server.address, "ConfirmSignUp", PAWS_HEADERS, &confirm(&server.code_of("ann"))).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, "{}"),
        "an empty object and not an empty body, on which Amplify would throw"
    );

    let get = format!(r#"{{"UserPoolId":"{}","Username":"ann"}}"#, ids.pool);
    let response = send(server.address, "AdminGetUser", PAWS_HEADERS, &get).await;
    assert!(response.body.contains(r#""UserStatus":"CONFIRMED""#), "{}", response.body);
    assert!(response.body.contains(r#"{"Name":"email_verified","Value":"true"}"#), "{}", response.body);
    assert!(
        response.body.contains(r#""UserCreateDate":1795246200"#),
        "the date is a number: {}",
        response.body
    );
}

#[tokio::test]
async fn paws_admin_confirm_sign_up_succeeds_or_returns_the_error() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = |username: &str| format!(r#"{{"UserPoolId":"{}","Username":"{username}"}}"#, ids.pool);
    let response = send(server.address, "AdminConfirmSignUp", PAWS_HEADERS, &body("bob")).await;
    assert_eq!((response.status, response.body.as_str()), (200, "{}"));
    let response = send(server.address, "AdminConfirmSignUp", PAWS_HEADERS, &body("unknown")).await;
    let text = r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#;
    assert_eq!((response.status, response.body.as_str()), (400, text));
}

#[tokio::test]
async fn request_without_content_type_succeeds() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, ids.pool);
    let signed: Vec<_> = PAWS_HEADERS.iter().copied().filter(|(name, _)| *name != "Content-Type").collect();
    let response = send(server.address, "AdminConfirmSignUp", &signed, &body).await;
    assert_eq!((response.status, response.body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn operation_not_served_with_valid_input_is_not_implemented() {
    let server = TestServer::new().await;
    let response =
        send(server.address, "GetCSVHeader", PAWS_HEADERS, r#"{"UserPoolId":"us-east-1_a"}"#).await;
    let text = r#"{"__type":"NotImplementedException","message":"GetCSVHeader is not served"}"#;
    assert_eq!((response.status, response.body.as_str()), (501, text));
    let response = send(server.address, "GetCSVHeader", PAWS_HEADERS, "{}").await;
    let text = "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: \
                Member must not be null";
    assert_eq!((response.status, response.body.contains(text)), (400, true), "{}", response.body);
}

#[tokio::test]
async fn deletions_return_an_empty_body() {
    // cog-0296
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, ids.pool);
    let response = send(server.address, "AdminDeleteUser", PAWS_HEADERS, &body).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}","ClientId":"{}"}}"#, ids.pool, ids.client);
    let response = send(server.address, "DeleteUserPoolClient", PAWS_HEADERS, &body).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}"}}"#, ids.pool);
    let response = send(server.address, "DeleteUserPool", PAWS_HEADERS, &body).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
}

#[tokio::test]
async fn updates_by_administrators_return_an_empty_object() {
    // cog-0304
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
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
        let response = send(server.address, operation, PAWS_HEADERS, &body).await;
        assert_eq!((response.status, response.body.as_str()), (200, "{}"), "{operation}");
    }
}
