//! Mail through a real SMTP server: what is handed in, what the caller is told, and what is tried again.

use std::{net::TcpListener, sync::Arc, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{
    EmailConfigurationType, EmailSendingAccountType, UserStatusType, VerificationMessageTemplateType,
    VerifiedAttributeType,
};
use lido::delivery::{Transports, smtp::Smtp};
use mailparse::MailHeaderMap as _;
use serde_json::{Value, json};

use crate::{
    mail_server::{Conduct, MailServer, Stage},
    support::{House, PASSWORD, Place, attribute, id_of, refused},
};

const UNDELIVERED: &str = "Invalid email provided/Unable to send the email";

/// A server whose mail goes to this address.
async fn house(url: &str) -> House {
    let from = "Lido <no-reply@lido.example>".parse().expect("an address");
    let smtp = Smtp::new(url.parse().expect("a mail server"), from).expect("certificates");
    House::with_transports(Transports { mail: Some(Arc::new(smtp)), ..Transports::default() }).await
}

async fn house_at(server: &MailServer) -> House {
    house(&format!("smtp://{}", server.address)).await
}

fn sign_up(
    house: &House,
    place: &Place,
    name: &str,
    email: &str,
) -> aws_sdk_cognitoidentityprovider::operation::sign_up::builders::SignUpFluentBuilder {
    let call = house.sdk.sign_up().client_id(&place.client).username(name).password(PASSWORD);
    call.user_attributes(attribute("email", email))
}

/// The six digits in a mail.
fn code_in(raw: &str) -> String {
    let mail = mailparse::parse_mail(raw.as_bytes()).expect("a mail");
    let text = mail.subparts[0].get_body().expect("decodes");
    text.chars().filter(char::is_ascii_digit).collect()
}

fn message_id(raw: &str) -> Option<String> {
    mailparse::parse_mail(raw.as_bytes()).expect("a mail").headers.get_first_value("Message-ID")
}

#[tokio::test]
async fn a_mailed_code_confirms() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let [mail] = server.mails().try_into().expect("one mail");
    assert_eq!(
        (mail.from.as_str(), mail.to.as_slice()),
        ("no-reply@lido.example", &["ann@example.com".into()][..])
    );
    assert!(
        mail.raw.contains("From: \"Lido\" <no-reply@lido.example>\r\n") || mail.raw.contains("From: Lido <")
    );
    let code = code_in(&mail.raw);
    let confirm =
        house.sdk.confirm_sign_up().client_id(&place.client).username("ann").confirmation_code(code);
    confirm.send().await.expect("confirmed");
}

#[tokio::test]
async fn a_pool_says_what_its_mails_say_and_whom_they_come_from() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let words = VerificationMessageTemplateType::builder()
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
    let pool = house
        .sdk
        .create_user_pool()
        .pool_name("p")
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .verification_message_template(words.build())
        .email_configuration(sender.build());
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = house.client_in(&pool).await;
    house.sign_up(&client, "ann", "ann@österreich.example").await;
    let [mail] = server.mails().try_into().expect("one mail");
    assert_eq!(mail.from, "laden@laden.example");
    assert_eq!(mail.to, ["ann@xn--sterreich-z7a.example"]);
    assert!(mail.raw.is_ascii() && mail.raw.lines().all(|line| line.len() <= 78), "{}", mail.raw);
    let read = mailparse::parse_mail(mail.raw.as_bytes()).expect("a mail");
    let header = |name| read.headers.get_first_value(name).unwrap_or_default();
    assert_eq!(header("Subject"), "Grüße, ann: dein Bestätigungscode für den Laden unten an der Ecke");
    assert_eq!(header("Reply-To"), "hilfe@laden.example");
    assert!(header("Message-ID").ends_with("@laden.example>"));
    let html = read.subparts[1].get_body().expect("decodes");
    assert!(html.starts_with("<h1>Grüße</h1><p>Der Code ist <b>"), "{html}");
}

#[tokio::test]
async fn a_refusal_for_good_is_told_and_the_user_exists() {
    // cog-0122
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    let cases = [(Stage::Sender, 550), (Stage::Recipient, 550), (Stage::Recipient, 553), (Stage::Data, 554)];
    for (number, (stage, code)) in cases.into_iter().enumerate() {
        server.trouble(stage, code);
        let name = format!("ann{number}");
        let call = sign_up(&house, &place, &name, "ann@example.com");
        refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
        let (status, _) = house.user(&place.pool, &name, "email").await;
        assert_eq!(status, UserStatusType::Unconfirmed, "{stage:?} {code}");
    }
    house.app.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(house.app.outbox.send_due().await, Ok(0), "nothing is left");
    assert!(server.mails().is_empty());
    // A new code may reach them.
    let resend = house.sdk.resend_confirmation_code().client_id(&place.client).username("ann0");
    resend.send().await.expect("sent");
    assert_eq!(server.mails().len(), 1);
}

/// The state is what it would be, and no operation makes a fault of its own of it, which clients would try again.
#[tokio::test]
async fn a_refusal_for_good_is_told_by_every_operation_that_sends() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let made = json!({
        "PoolName": "p", "AutoVerifiedAttributes": ["email"],
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
    });
    let pool = house.post("CreateUserPool", &made).await.json()["UserPool"]["Id"].clone();
    let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"];
    let made = json!({"UserPoolId": pool, "ClientName": "app", "ExplicitAuthFlows": flows});
    let client = house.post("CreateUserPoolClient", &made).await.json()["UserPoolClient"]["ClientId"].clone();
    let mail =
        json!([{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]);
    for name in ["ann", "carol"] {
        let user = json!({
            "UserPoolId": pool, "Username": name, "UserAttributes": mail, "MessageAction": "SUPPRESS",
        });
        house.post("AdminCreateUser", &user).await.done();
        let own = json!({"UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true});
        house.post("AdminSetUserPassword", &own).await.done();
    }
    let enter = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD},
    });
    let entered = house.post("InitiateAuth", &enter).await.json();
    let token = &entered["AuthenticationResult"]["AccessToken"];
    let begin = |wish: Option<&str>| {
        let mut parameters = json!({"USERNAME": "ann"});
        if let Some(wish) = wish {
            parameters["PREFERRED_CHALLENGE"] = wish.into();
        }
        json!({"UserPoolId": pool, "ClientId": client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters})
    };
    let choose = async || {
        let session = house.post("AdminInitiateAuth", &begin(None)).await.done()["Session"].clone();
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
    let (known, undeclared) = ("CodeDeliveryFailureException", "InvalidParameterException");
    let carol = json!({"UserPoolId": pool, "Username": "carol"});
    let cases = [
        ("InitiateAuth", without_pool(&begin(Some("EMAIL_OTP"))), undeclared),
        ("AdminInitiateAuth", begin(Some("EMAIL_OTP")), undeclared),
        ("RespondToAuthChallenge", without_pool(&choose().await), undeclared),
        ("AdminRespondToAuthChallenge", choose().await, undeclared),
        ("ForgotPassword", json!({"ClientId": client, "Username": "ann"}), known),
        ("UpdateUserAttributes", json!({"AccessToken": token, "UserAttributes": new}), known),
        ("GetUserAttributeVerificationCode", json!({"AccessToken": token, "AttributeName": "email"}), known),
        (
            "AdminUpdateUserAttributes",
            json!({"UserPoolId": pool, "Username": "ann", "UserAttributes": [mail[0]]}),
            undeclared,
        ),
        ("AdminResetUserPassword", carol, undeclared),
        (
            "AdminCreateUser",
            json!({"UserPoolId": pool, "Username": "bob", "UserAttributes": new, "DesiredDeliveryMediums": ["EMAIL"]}),
            known,
        ),
    ];
    for (operation, input, kind) in cases {
        server.trouble(Stage::Recipient, 550);
        let answer = house.post(operation, &input).await;
        assert_eq!(answer.refusal(), (400, kind.to_owned(), UNDELIVERED.to_owned()), "{operation}: {input}");
    }
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn an_address_that_the_server_has_no_way_to_write_is_refused() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    let call = sign_up(&house, &place, "ann", "用户@example.com");
    refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    for (stage, code) in [(Stage::Sender, 451), (Stage::Recipient, 450), (Stage::Data, 452)] {
        server.trouble(stage, code);
    }
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    for wait in [10, 20, 40] {
        assert!(server.mails().is_empty());
        house.app.clock.advance(Duration::from_secs(wait));
        assert_eq!(house.app.outbox.send_due().await, Ok(1));
    }
    assert_eq!(server.mails().len(), 1);
    house.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(house.app.outbox.send_due().await, Ok(0));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let house = house(&format!("smtp://{address}")).await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let server = MailServer::start_at(address, Conduct::default());
    house.app.clock.advance(Duration::from_secs(10));
    assert_eq!(house.app.outbox.send_due().await, Ok(1));
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_took_a_mail_and_broke_off_gets_the_same_again() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    // 421: it closes, so that nobody knows whether the mail was taken. This one has taken it.
    server.trouble(Stage::TakenAndClosed, 421);
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    house.app.clock.advance(Duration::from_secs(10));
    assert_eq!(house.app.outbox.send_due().await, Ok(1));
    let [first, second] = server.mails().try_into().expect("two mails");
    assert_eq!(first.raw, second.raw, "whoever gets both sees one");
    assert!(message_id(&first.raw).is_some());
}

#[tokio::test]
async fn a_connection_serves_one_mail_after_the_other() {
    let server = MailServer::start(Conduct::default());
    let house = house_at(&server).await;
    let place = house.place().await;
    for name in ["ann", "bob", "cyd"] {
        house.sign_up(&place.client, name, &format!("{name}@example.com")).await;
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 1));
}

#[tokio::test]
async fn a_password_lets_in_and_a_wrong_one_is_the_operators_to_put_right() {
    let conduct = Conduct { login: Some(("shop@example.com", "p:ss/w@rd")), ..Conduct::default() };
    let server = MailServer::start(conduct);
    let right = house(&format!("smtp://shop%40example.com:p%3Ass%2Fw%40rd@{}", server.address)).await;
    let place = right.place().await;
    right.sign_up(&place.client, "ann", "ann@example.com").await;
    assert_eq!(server.mails()[0].user.as_deref(), Some("shop@example.com"));
    for url in ["smtp://shop%40example.com:wrong@", "smtp://"] {
        let wrong = house(&format!("{url}{}", server.address)).await;
        let place = wrong.place().await;
        wrong.sign_up(&place.client, "bob", "bob@example.com").await;
        wrong.app.clock.advance(Duration::from_secs(10));
        assert_eq!(wrong.app.outbox.send_due().await, Ok(1), "{url}: it waits");
    }
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn what_no_carrier_takes_is_told_and_the_user_exists() {
    let house = House::with_transports(Transports::default()).await;
    let place = house.place().await;
    let call = sign_up(&house, &place, "ann", "ann@example.com");
    refused!(call, is_code_delivery_failure_exception, UNDELIVERED);
    let (status, _) = house.user(&place.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Unconfirmed);
}
