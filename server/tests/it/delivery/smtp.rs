//! E-mail by SMTP: the content of a mail, the error of an operation whose mail is refused, and retries.

use std::{net::TcpListener, sync::Arc, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{
    EmailConfigurationType, EmailSendingAccountType, UserStatusType, VerificationMessageTemplateType,
    VerifiedAttributeType,
};
use lido::delivery::{Transports, smtp::Smtp};
use mailparse::MailHeaderMap as _;
use serde_json::{Value, json};

use crate::{
    mail_server::{MailBehavior, MailServer, Stage},
    support::{PASSWORD, PoolAndClient, TestServer, assert_refused, attribute, pool_id_of},
};

const UNDELIVERED: &str = "Invalid email provided/Unable to send the email";

/// Starts a server that sends mail to the SMTP server at `url`.
async fn server_with_smtp(url: &str) -> TestServer {
    let from = "Lido <no-reply@lido.example>".parse().expect("an address");
    let smtp = Smtp::new(url.parse().expect("a mail server"), from).expect("certificates");
    TestServer::with_transports(Transports { mail: Some(Arc::new(smtp)), ..Transports::default() }).await
}

/// Starts a server that sends mail to `mail_server`.
async fn server_at(mail_server: &MailServer) -> TestServer {
    server_with_smtp(&format!("smtp://{}", mail_server.address)).await
}

fn sign_up(
    server: &TestServer,
    ids: &PoolAndClient,
    name: &str,
    email: &str,
) -> aws_sdk_cognitoidentityprovider::operation::sign_up::builders::SignUpFluentBuilder {
    let call = server.sdk.sign_up().client_id(&ids.client).username(name).password(PASSWORD);
    call.user_attributes(attribute("email", email))
}

/// Returns the digits in a mail's text.
fn code_in(raw: &str) -> String {
    let mail = mailparse::parse_mail(raw.as_bytes()).expect("a mail");
    let text = mail.subparts[0].get_body().expect("a decoded body");
    text.chars().filter(char::is_ascii_digit).collect()
}

fn message_id(raw: &str) -> Option<String> {
    mailparse::parse_mail(raw.as_bytes()).expect("a mail").headers.get_first_value("Message-ID")
}

#[tokio::test]
async fn mail_with_code_confirms() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let [mail] = mail_server.mails().try_into().expect("one mail");
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("no-reply@lido.example", &["ann@example.com".into()][..])
    );
    assert!(
        mail.raw.contains("From: \"Lido\" <no-reply@lido.example>\r\n") || mail.raw.contains("From: Lido <")
    );
    let code = code_in(&mail.raw);
    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(code);
    confirm.send().await.expect("confirmed");
}

#[tokio::test]
async fn mail_has_text_and_sender_of_the_pool() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let template = VerificationMessageTemplateType::builder()
        .email_subject("Grüße, {username}: dein Bestätigungscode für den Laden unten an der Ecke")
        .email_message(format!(
            "<h1>Grüße</h1><p>Der Code ist <b>{{####}}</b>.</p><p>{}</p>",
            "lang ".repeat(1_000)
        ));
    let sender = EmailConfigurationType::builder()
        .email_sending_account(EmailSendingAccountType::Developer)
        .source_arn("arn:aws:ses:us-east-1:000000000000:identity/laden.example")
        .from("Laden <laden@laden.example>")
        .reply_to_email_address("hilfe@laden.example");
    let pool = server
        .sdk
        .create_user_pool()
        .pool_name("p")
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .verification_message_template(template.build())
        .email_configuration(sender.build());
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    server.sign_up(&client, "ann", "ann@österreich.example").await;
    let [mail] = mail_server.mails().try_into().expect("one mail");
    assert_eq!(mail.from, "laden@laden.example");
    assert_eq!(mail.to, ["ann@xn--sterreich-z7a.example"]);
    assert!(mail.raw.is_ascii() && mail.raw.lines().all(|line| line.len() <= 78), "{}", mail.raw);
    let read = mailparse::parse_mail(mail.raw.as_bytes()).expect("a mail");
    let header = |name| read.headers.get_first_value(name).unwrap_or_default();
    assert_eq!(header("Subject"), "Grüße, ann: dein Bestätigungscode für den Laden unten an der Ecke");
    assert_eq!(header("Reply-To"), "hilfe@laden.example");
    assert!(header("Message-ID").ends_with("@laden.example>"));
    let html = read.subparts[1].get_body().expect("a decoded body");
    assert!(html.starts_with("<h1>Grüße</h1><p>Der Code ist <b>"), "{html}");
}

#[tokio::test]
async fn mail_refused_permanently_fails_sign_up_and_keeps_the_user() {
    // cog-0122
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    let cases = [(Stage::Sender, 550), (Stage::Recipient, 550), (Stage::Recipient, 553), (Stage::Data, 554)];
    for (number, (stage, code)) in cases.into_iter().enumerate() {
        mail_server.fail_at(stage, code);
        let name = format!("ann{number}");
        let call = sign_up(&server, &ids, &name, "ann@example.com");
        assert_refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
        let (status, _) = server.status_and_attribute(&ids.pool, &name, "email").await;
        assert_eq!(status, UserStatusType::Unconfirmed, "{stage:?} {code}");
    }
    server.app.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(server.app.outbox.send_due().await, Ok(0), "no message is queued");
    assert!(mail_server.mails().is_empty());
    // A later message to the same address is sent.
    let resend = server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann0");
    resend.send().await.expect("sent");
    assert_eq!(mail_server.mails().len(), 1);
}

/// An operation that does not declare CodeDeliveryFailureException refuses with InvalidParameterException, and not with a
/// server error, which clients would retry.
#[tokio::test]
async fn mail_refused_permanently_fails_every_operation_that_sends() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let create_pool = json!({
        "PoolName": "p", "AutoVerifiedAttributes": ["email"],
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
    });
    let pool = server.post("CreateUserPool", &create_pool).await.json()["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    let create_client = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
    let client =
        server.post("CreateUserPoolClient", &create_client).await.json()["UserPoolClient"]["ClientId"]
            .clone();
    let mail =
        json!([{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]);
    for name in ["ann", "carol"] {
        let user = json!({
            "UserPoolId": pool, "Username": name, "UserAttributes": mail, "MessageAction": "SUPPRESS",
        });
        server.post("AdminCreateUser", &user).await.expect_output();
        let own = json!({"UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true});
        server.post("AdminSetUserPassword", &own).await.expect_output();
    }
    let sign_in = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD},
    });
    let signed_in = server.post("InitiateAuth", &sign_in).await.json();
    let token = &signed_in["AuthenticationResult"]["AccessToken"];
    let initiate = |preferred: Option<&str>| {
        let mut parameters = json!({"USERNAME": "ann"});
        if let Some(preferred) = preferred {
            parameters["PREFERRED_CHALLENGE"] = preferred.into();
        }
        json!({"UserPoolId": pool, "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters})
    };
    let choose = async || {
        let session =
            server.post("AdminInitiateAuth", &initiate(None)).await.expect_output()["Session"].clone();
        json!({
            "UserPoolId": pool, "ClientId": client, "ChallengeName": "SELECT_CHALLENGE", "Session": session,
            "ChallengeResponses": {"USERNAME": "ann", "ANSWER": "EMAIL_OTP"},
        })
    };
    let without_pool = |body: &Value| {
        let mut body = body.clone();
        body.as_object_mut().expect("an object").remove("UserPoolId");
        body
    };
    let new = json!([{"Name": "email", "Value": "new@example.com"}]);
    let (declared, undeclared) = ("CodeDeliveryFailureException", "InvalidParameterException");
    let carol = json!({"UserPoolId": pool, "Username": "carol"});
    let cases = [
        ("InitiateAuth", without_pool(&initiate(Some("EMAIL_OTP"))), undeclared),
        ("AdminInitiateAuth", initiate(Some("EMAIL_OTP")), undeclared),
        ("RespondToAuthChallenge", without_pool(&choose().await), undeclared),
        ("AdminRespondToAuthChallenge", choose().await, undeclared),
        ("ForgotPassword", json!({"ClientId": client, "Username": "ann"}), declared),
        ("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": new}), declared),
        (
            "GetUserAttributeVerificationCode",
            json!({"AccessToken": token, "AttributeName": "email"}),
            declared,
        ),
        (
            "AdminUpdateUserAttributes",
            json!({"UserPoolId": pool, "Username": "ann", "UserAttributes": [mail[0]]}),
            undeclared,
        ),
        ("AdminResetUserPassword", carol, undeclared),
        (
            "AdminCreateUser",
            json!({"UserPoolId": pool, "Username": "bob", "UserAttributes": new, "DesiredDeliveryMediums": ["EMAIL"]}),
            declared,
        ),
    ];
    for (operation, input, kind) in cases {
        mail_server.fail_at(Stage::Recipient, 550);
        let response = server.post(operation, &input).await;
        assert_eq!(
            response.refusal(),
            (400, kind.to_owned(), UNDELIVERED.to_owned()),
            "{operation}: {input}"
        );
    }
    assert!(mail_server.mails().is_empty());
}

#[tokio::test]
async fn address_that_cannot_be_mailed_is_refused() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    let call = sign_up(&server, &ids, "ann", "用户@example.com");
    assert_refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
}

#[tokio::test]
async fn mail_refused_temporarily_is_sent_again() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    for (stage, code) in [(Stage::Sender, 451), (Stage::Recipient, 450), (Stage::Data, 452)] {
        mail_server.fail_at(stage, code);
    }
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    for wait in [10, 20, 40] {
        assert!(mail_server.mails().is_empty());
        server.app.clock.advance(Duration::from_secs(wait));
        assert_eq!(server.app.outbox.send_due().await, Ok(1));
    }
    assert_eq!(mail_server.mails().len(), 1);
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(server.app.outbox.send_due().await, Ok(0));
}

#[tokio::test]
async fn mail_to_unreachable_server_is_sent_later() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let server = server_with_smtp(&format!("smtp://{address}")).await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let mail_server = MailServer::start_at(address, MailBehavior::default());
    server.app.clock.advance(Duration::from_secs(10));
    assert_eq!(server.app.outbox.send_due().await, Ok(1));
    assert_eq!(mail_server.mails().len(), 1);
}

#[tokio::test]
async fn mail_with_broken_connection_is_sent_again_unchanged() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    // After a 421 and a closed connection the sender cannot know whether the mail was accepted. Here it was.
    mail_server.fail_at(Stage::DataAccepted, 421);
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    server.app.clock.advance(Duration::from_secs(10));
    assert_eq!(server.app.outbox.send_due().await, Ok(1));
    let [first, second] = mail_server.mails().try_into().expect("two mails");
    assert_eq!(first.raw, second.raw, "the same Message-ID and content, so that mail programs show one");
    assert!(message_id(&first.raw).is_some());
}

#[tokio::test]
async fn mails_share_a_connection() {
    let mail_server = MailServer::start(MailBehavior::default());
    let server = server_at(&mail_server).await;
    let ids = server.create_pool_and_client().await;
    for name in ["ann", "bob", "cyd"] {
        server.sign_up(&ids.client, name, &format!("{name}@example.com")).await;
    }
    assert_eq!((mail_server.mails().len(), mail_server.connections()), (3, 1));
}

#[tokio::test]
async fn mail_with_wrong_smtp_password_stays_queued() {
    let behavior = MailBehavior { login: Some(("shop@example.com", "p:ss/w@rd")), ..MailBehavior::default() };
    let mail_server = MailServer::start(behavior);
    let right =
        server_with_smtp(&format!("smtp://shop%40example.com:p%3Ass%2Fw%40rd@{}", mail_server.address)).await;
    let ids = right.create_pool_and_client().await;
    right.sign_up(&ids.client, "ann", "ann@example.com").await;
    assert_eq!(mail_server.mails()[0].user.as_deref(), Some("shop@example.com"));
    for url in ["smtp://shop%40example.com:wrong@", "smtp://"] {
        let wrong = server_with_smtp(&format!("{url}{}", mail_server.address)).await;
        let ids = wrong.create_pool_and_client().await;
        wrong.sign_up(&ids.client, "bob", "bob@example.com").await;
        wrong.app.clock.advance(Duration::from_secs(10));
        assert_eq!(wrong.app.outbox.send_due().await, Ok(1), "{url}: the mail stays queued");
    }
    assert_eq!(mail_server.mails().len(), 1);
}

#[tokio::test]
async fn message_without_carrier_fails_and_keeps_the_user() {
    let server = TestServer::with_transports(Transports::default()).await;
    let ids = server.create_pool_and_client().await;
    let call = sign_up(&server, &ids, "ann", "ann@example.com");
    assert_refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
    let (status, _) = server.status_and_attribute(&ids.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Unconfirmed);
}
