//! Requests byte by byte: the R client paws, and whoever writes requests by hand.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

use crate::support::House;

/// An answer: status, head in lower case, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Sends a request and reads to the end.
pub(crate) async fn send(
    address: SocketAddr,
    operation: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\
         X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        stream.shutdown(Shutdown::Both).ok();
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// The headers that paws sends, whatever the operation: it signs public ones too.
pub(crate) const PAWS: &[(&str, &str)] = &[
    ("User-Agent", "paws/0.9.0 (R4.4.1; linux-gnu; x86_64)"),
    ("Accept", "application/json, text/xml, application/xml, */*"),
    ("Accept-Encoding", "deflate, gzip, br"),
    ("Content-Type", "application/x-amz-json-1.1"),
    ("X-Amz-Date", "20261121T073000Z"),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/cognito-idp/aws4_request, \
         SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, \
         Signature=0000000000000000000000000000000000000000000000000000000000000000",
    ),
];

#[tokio::test]
async fn paws_signs_up_and_confirms() {
    let house = House::new().await;
    let place = house.place().await;
    let client = &place.client;
    let sign_up = format!(
        r#"{{"ClientId":"{client}","Username":"ann","Password":"Passw0rd!","UserAttributes":[{{"Name":"email","Value":"ann@example.com"}}]}}"#
    );
    let answer = send(house.address, "SignUp", PAWS, &sign_up).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let begin = r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"a***@e***"},"UserConfirmed":false,"UserSub":""#;
    assert!(answer.body.starts_with(begin), "{}", answer.body);

    let confirm = |code: &str| {
        format!(
            r#"{{"ClientId":"{client}","Username":"ann","ConfirmationCode":"{code}","ForceAliasCreation":false}}"#
        )
    };
    let answer = send(house.address, "ConfirmSignUp", PAWS, &confirm("nonsense")).await;
    let text = r#"{"__type":"CodeMismatchException","message":"Invalid verification code provided, please try again."}"#;
    assert_eq!((answer.status, answer.body.as_str()), (400, text));
    assert!(answer.head.contains("x-amzn-errortype: codemismatchexception:"), "{}", answer.head);
    assert!(answer.head.contains("content-type: application/x-amz-json-1.1"), "{}", answer.head);

    let answer = send(house.address, "ConfirmSignUp", PAWS, &confirm(&house.code_of("ann"))).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, "{}"),
        "never an empty body: Amplify would throw"
    );

    let get = format!(r#"{{"UserPoolId":"{}","Username":"ann"}}"#, place.pool);
    let answer = send(house.address, "AdminGetUser", PAWS, &get).await;
    assert!(answer.body.contains(r#""UserStatus":"CONFIRMED""#), "{}", answer.body);
    assert!(answer.body.contains(r#"{"Name":"email_verified","Value":"true"}"#), "{}", answer.body);
    assert!(answer.body.contains(r#""UserCreateDate":1795246200"#), "a number: {}", answer.body);
}

#[tokio::test]
async fn paws_confirms_as_an_administrator_and_reads_its_errors() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "bob", "bob@example.com").await;
    let body = |username: &str| format!(r#"{{"UserPoolId":"{}","Username":"{username}"}}"#, place.pool);
    let answer = send(house.address, "AdminConfirmSignUp", PAWS, &body("bob")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    let answer = send(house.address, "AdminConfirmSignUp", PAWS, &body("nobody")).await;
    let text = r#"{"__type":"UserNotFoundException","message":"User does not exist."}"#;
    assert_eq!((answer.status, answer.body.as_str()), (400, text));
}

#[tokio::test]
async fn the_references_own_request_has_no_content_type() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, place.pool);
    let signed: Vec<_> = PAWS.iter().copied().filter(|(name, _)| *name != "Content-Type").collect();
    let answer = send(house.address, "AdminConfirmSignUp", &signed, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn what_is_not_served_says_so_once_its_input_is_good() {
    let house = House::new().await;
    let answer = send(house.address, "GetCSVHeader", PAWS, r#"{"UserPoolId":"us-east-1_a"}"#).await;
    let text = r#"{"__type":"NotImplementedException","message":"GetCSVHeader is not served"}"#;
    assert_eq!((answer.status, answer.body.as_str()), (501, text));
    let answer = send(house.address, "GetCSVHeader", PAWS, "{}").await;
    let text = "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: \
                Member must not be null";
    assert_eq!((answer.status, answer.body.contains(text)), (400, true), "{}", answer.body);
}

#[tokio::test]
async fn deletions_answer_an_empty_body() {
    // cog-0296
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "bob", "bob@example.com").await;
    let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"}}"#, place.pool);
    let answer = send(house.address, "AdminDeleteUser", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}","ClientId":"{}"}}"#, place.pool, place.client);
    let answer = send(house.address, "DeleteUserPoolClient", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let body = format!(r#"{{"UserPoolId":"{}"}}"#, place.pool);
    let answer = send(house.address, "DeleteUserPool", PAWS, &body).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn changes_by_administrators_answer_an_empty_structure() {
    // cog-0304
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "bob", "bob@example.com").await;
    let cases = [
        ("AdminSetUserPassword", r#","Password":"Passw0rd!","Permanent":true"#),
        ("AdminUpdateUserAttributes", r#","UserAttributes":[{"Name":"email_verified","Value":"true"}]"#),
        ("AdminDeleteUserAttributes", r#","UserAttributeNames":["name"]"#),
        ("AdminResetUserPassword", ""),
        ("AdminDisableUser", ""),
        ("AdminEnableUser", ""),
    ];
    for (operation, more) in cases {
        let body = format!(r#"{{"UserPoolId":"{}","Username":"bob"{more}}}"#, place.pool);
        let answer = send(house.address, operation, PAWS, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"), "{operation}");
    }
}
