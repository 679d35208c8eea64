//! CONFIRM_WITH_LINK: the mailed link confirms in a browser, by the rules of ConfirmSignUp.

use std::sync::Arc;

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, DefaultEmailOptionType, PreventUserExistenceErrorTypes, UserStatusType,
    VerificationMessageTemplateType, VerifiedAttributeType,
};
use lido::{
    app::App,
    credentials::Credentials,
    delivery::{Filter, Transports, smtp::Smtp},
    http::Gate,
    rates::Rates,
};
use reqwest::{Client, Method, Response};

use crate::{
    mail_server::{Conduct, MailServer},
    support::{PASSWORD, PoolAndClient, TestServer, attribute, id_of},
};

const CONFIRMED: &str = "Your registration has been confirmed!";

/// A pool that confirms by links, with e-mail addresses as aliases.
async fn link_pool(server: &TestServer) -> PoolAndClient {
    let template = VerificationMessageTemplateType::builder()
        .default_email_option(DefaultEmailOptionType::ConfirmWithLink)
        .email_subject_by_link("Welcome, {username}")
        .email_message_by_link("<p>Please {##click <b>here</b>##}.</p>");
    let made = server
        .sdk
        .create_user_pool()
        .pool_name("p")
        .alias_attributes(AliasAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::PhoneNumber)
        .verification_message_template(template.build());
    let pool = id_of(made.send().await.expect("a pool").user_pool());
    let client = server.client_in(&pool).await;
    PoolAndClient { pool, client }
}

/// The link that was sent last to this user.
fn link_of(server: &TestServer, username: &str) -> String {
    let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
    let messages = server.app.inbox.as_ref().expect("an inbox").messages(&filter);
    messages.first().and_then(|message| message.link.clone()).expect("a link")
}

async fn ask(method: Method, link: &str) -> Response {
    Client::new().request(method, link).send().await.expect("an answer")
}

/// Follows the link; gives the status and the page.
async fn follow(link: &str) -> (u16, String) {
    let answer = ask(Method::GET, link).await;
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}

/// Follows the link, and it does not confirm, for this reason.
async fn check_refused(link: &str, reason: &str) {
    let (status, page) = follow(link).await;
    assert_eq!(status, 400, "{page}");
    assert!(page.contains(&format!("<p>{reason}</p>")) && !page.contains(CONFIRMED), "{page}");
}

#[tokio::test]
async fn link_from_mail_confirms_once() {
    let mail_server = MailServer::start(Conduct::default());
    let from = "no-reply@lido.example".parse().expect("an address");
    let address = format!("smtp://{}", mail_server.address).parse().expect("a mail server");
    let smtp = Smtp::new(address, from).expect("certificates");
    let server =
        TestServer::with_transports(Transports { mail: Some(Arc::new(smtp)), ..Transports::default() }).await;
    let ids = link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;

    let mails = mail_server.mails();
    let mail = mailparse::parse_mail(mails[0].raw.as_bytes()).expect("a mail");
    let text = mail.subparts[0].get_body().expect("decodes");
    let html = mail.subparts[1].get_body().expect("decodes");
    let link = text.split_whitespace().find(|word| word.starts_with("http://")).expect("a link in the text");
    let base = format!(
        "http://{}/confirmUser?client_id={}&user_name=ann&confirmation_code=",
        server.address, ids.client
    );
    assert!(link.starts_with(&base), "{link}");
    let anchor = format!("<a href=\"{}\">click <b>here</b></a>", link.replace('&', "&amp;"));
    assert_eq!(html.trim_end(), format!("<p>Please {anchor}.</p>"));

    // Those who only look whether it leads anywhere confirm nobody.
    let looked = ask(Method::HEAD, link).await;
    assert_eq!(looked.status(), 200);
    let (status, _) = server.user(&ids.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Unconfirmed);

    let (status, page) = follow(link).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains(&format!("<h1>{CONFIRMED}</h1>")), "{page}");
    let (status, verified) = server.user(&ids.pool, "ann@example.com", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));

    // cog-0032
    check_refused(link, "User cannot be confirmed. Current status is CONFIRMED").await;
}

#[tokio::test]
async fn page_has_headers_that_keep_it_private() {
    let server = TestServer::new().await;
    let ids = link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = link_of(&server, "ann");
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = ask(method, &link).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &"GET, HEAD".parse().expect("good"))
        );
    }
    let answer = Client::new().get(&link).header("origin", "http://page").send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let expected = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .starts_with("default-src 'none';")
    );
    assert!(answer.headers().get("access-control-allow-origin").is_none());
    assert!(!answer.text().await.expect("a page").contains("<script"));
}

#[tokio::test]
async fn link_that_does_not_confirm_shows_the_text_of_confirm_sign_up() {
    let server = TestServer::new().await;
    let ids = link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = link_of(&server, "ann");
    let (before, code) = link.rsplit_once('=').expect("a code");
    let damaged = "The link is not whole; copy it from the mail once more.";
    check_refused(before, damaged).await;
    check_refused(&format!("http://{}/confirmUser", server.address), damaged).await;
    check_refused(&link.replace(&ids.client, "%3Cscript%3E"), damaged).await;
    check_refused(&link.replace("=ann&", "=&"), damaged).await;
    let elsewhere = link.replace(&ids.client, "nowhere");
    check_refused(&elsewhere, "User pool client nowhere does not exist.").await;
    let nobody = link.replace("=ann&", "=%3Cb%3Ebob&");
    check_refused(&nobody, "Username/client id combination not found.").await;
    let wrong = format!("{before}={}", crate::support::other_than(code));
    for _ in 0..15 {
        check_refused(&wrong, "Invalid verification code provided, please try again.").await;
    }
    check_refused(&link, "Attempt limit exceeded, please try after some time.").await;
    server.app.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    check_refused(&link, "Invalid code provided, please request a code again.").await;
}

#[tokio::test]
async fn link_needs_no_secret_hash_and_hides_unknown_users() {
    let server = TestServer::new().await;
    let ids = link_pool(&server).await;
    let made = server
        .sdk
        .create_user_pool_client()
        .user_pool_id(&ids.pool)
        .client_name("secret")
        .generate_secret(true)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let client = made.send().await.expect("a client").user_pool_client.expect("told");
    let (id, secret) = (client.client_id().expect("an id"), client.client_secret().expect("a secret"));
    let hash = lido_domain::client::secret_hash::secret_hash(
        &lido_domain::id::ClientId::new(id),
        &lido_domain::secret::Secret::new(secret),
        "ann",
    );
    let call = server.sdk.sign_up().client_id(id).username("ann").password(PASSWORD).secret_hash(hash);
    call.user_attributes(attribute("email", "ann@example.com")).send().await.expect("signed up");
    let link = link_of(&server, "ann");
    let nobody = link.replace("=ann&", "=bob&");
    check_refused(&nobody, "Invalid verification code provided, please try again.").await;
    // What those add who count clicks does no harm.
    assert_eq!(follow(&format!("{link}&utm_source=mail")).await.0, 200);
}

#[tokio::test]
async fn link_in_pool_that_sends_codes_is_refused_for_client_with_secret() {
    let server = TestServer::new().await;
    let pool = server.pool_and_client().await.pool;
    let made = server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("secret");
    let made = made.generate_secret(true).send().await.expect("a client");
    let client = made.user_pool_client.and_then(|made| made.client_id).expect("an id");
    let address = server.address;
    let link =
        format!("http://{address}/confirmUser?client_id={client}&user_name=ann&confirmation_code=123456");
    let text = format!("Client {client} is configured with secret but SECRET_HASH was not received");
    check_refused(&link, &text).await;
}

#[tokio::test]
async fn link_on_standby_is_refused() {
    let mut app = App::for_tests();
    app.settings.is_standby = true;
    let server = TestServer::of(app).await;
    let link = "/confirmUser?client_id=none&user_name=ann&confirmation_code=123456";
    let text = "ConfirmSignUp is not enabled: this server is a standby and changes nothing.";
    check_refused(&format!("http://{}{link}", server.address), text).await;
}

#[tokio::test]
async fn link_with_taken_alias_is_refused() {
    // cog-0029
    let server = TestServer::new().await;
    let ids = link_pool(&server).await;
    for name in ["ann", "bob"] {
        server.sign_up(&ids.client, name, "shared@example.com").await;
    }
    assert_eq!(follow(&link_of(&server, "ann")).await.0, 200);
    check_refused(&link_of(&server, "bob"), "An account with the given email already exists.").await;
}

#[tokio::test]
async fn resend_confirmation_code_sends_a_new_link_by_mail_and_a_code_by_sms() {
    let server = TestServer::new().await;
    let ids = link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let first = link_of(&server, "ann");
    server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann").send().await.expect("sent");
    let second = link_of(&server, "ann");
    check_refused(&first, "Invalid verification code provided, please try again.").await;
    assert_eq!(follow(&second).await.0, 200);

    let call = server.sdk.sign_up().client_id(&ids.client).username("bob").password(PASSWORD);
    call.user_attributes(attribute("phone_number", "+15550100")).send().await.expect("signed up");
    let filter = Filter { username: Some("bob".to_owned()), ..Filter::default() };
    let sms = server.app.inbox.as_ref().expect("an inbox").messages(&filter);
    assert_eq!(sms[0].link, None);
    assert_eq!(sms[0].body, format!("Your verification code is {}. ", sms[0].code));
}

#[tokio::test]
async fn link_counts_attempts_as_confirm_sign_up_does() {
    let app = App::for_tests();
    let rates = Rates::new(&"on,UserCreation=2".parse().expect("quotas"), &app.clock);
    let server = TestServer::behind(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await;
    let ids = link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = link_of(&server, "ann");
    assert_eq!(follow(&link).await.0, 200);
    let (status, page) = follow(&link).await;
    assert!(status == 429 && page.contains("Too many requests"), "{status} {page}");
}
