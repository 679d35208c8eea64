//! CONFIRM_WITH_LINK: the link in the message confirms in a browser, by the rules of ConfirmSignUp.

use std::sync::Arc;

use aws_sdk_cognitoidentityprovider::types::{
    AliasAttributeType, DefaultEmailOptionType, PreventUserExistenceErrorTypes, UserStatusType,
    VerificationMessageTemplateType, VerifiedAttributeType,
};
use lido::{
    credentials::Credentials,
    delivery::{Filter, Transports, smtp::Smtp},
    http::Gate,
    rates::Rates,
};
use reqwest::{Client, Method, Response};

use crate::{
    mail_server::{MailBehavior, MailServer},
    support::{PASSWORD, PoolAndClient, TestServer, attribute, pool_id_of, sms_configuration, test_store},
};

const CONFIRMED: &str = "Your registration has been confirmed!";

/// Creates a pool that confirms by links, with e-mail addresses as aliases, and an app client.
async fn create_link_pool(server: &TestServer) -> PoolAndClient {
    let template = VerificationMessageTemplateType::builder()
        .default_email_option(DefaultEmailOptionType::ConfirmWithLink)
        .email_subject_by_link("Welcome, {username}")
        .email_message_by_link("<p>Please {##click <b>here</b>##}.</p>");
    let create = server
        .sdk
        .create_user_pool()
        .pool_name("p")
        .alias_attributes(AliasAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::Email)
        .auto_verified_attributes(VerifiedAttributeType::PhoneNumber)
        .sms_configuration(sms_configuration())
        .verification_message_template(template.build());
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
    PoolAndClient { pool, client }
}

/// Returns the link in the last message to this user.
fn last_link(server: &TestServer, username: &str) -> String {
    let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
    let messages = server.app.inbox.as_ref().expect("an inbox").messages(&filter);
    messages.first().and_then(|message| message.link.clone()).expect("a link")
}

/// Sends a request with an empty body.
async fn send(method: Method, link: &str) -> Response {
    Client::new().request(method, link).send().await.expect("an answer")
}

/// Follows the link; returns the status and the page.
async fn follow(link: &str) -> (u16, String) {
    let response = send(Method::GET, link).await;
    (response.status().as_u16(), response.text().await.expect("a page"))
}

/// Asserts that the link does not confirm, and that the page has this reason.
async fn assert_link_refused(link: &str, reason: &str) {
    let (status, page) = follow(link).await;
    assert_eq!(status, 400, "{page}");
    assert!(page.contains(&format!(">{reason}</p>")) && !page.contains(CONFIRMED), "{page}");
}

#[tokio::test]
async fn link_from_mail_confirms_once() {
    let mail_server = MailServer::start(MailBehavior::default());
    let from = "no-reply@lido.example".parse().expect("an address");
    let address = format!("smtp://{}", mail_server.address).parse().expect("a mail server");
    let smtp = Smtp::new(address, from).expect("certificates");
    let server =
        TestServer::with_transports(Transports { mail: Some(Arc::new(smtp)), ..Transports::default() }).await;
    let ids = create_link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;

    let mails = mail_server.mails();
    let mail = mailparse::parse_mail(mails[0].raw.as_bytes()).expect("a mail");
    let text = mail.subparts[0].get_body().expect("a decoded body");
    let html = mail.subparts[1].get_body().expect("a decoded body");
    let link = text.split_whitespace().find(|word| word.starts_with("http://")).expect("a link in the text");
    let base = format!(
        "http://{}/confirmUser?client_id={}&user_name=ann&confirmation_code=",
        server.address, ids.client
    );
    assert!(link.starts_with(&base), "{link}");
    let anchor = format!("<a href=\"{}\">click <b>here</b></a>", link.replace('&', "&amp;"));
    assert_eq!(html.trim_end(), format!("<p>Please {anchor}.</p>"));

    // Mail scanners send HEAD requests, which must not confirm.
    let probe = send(Method::HEAD, link).await;
    assert_eq!(probe.status(), 200);
    let (status, _) = server.status_and_attribute(&ids.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Unconfirmed);

    let (status, page) = follow(link).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains(&format!("<h1>{CONFIRMED}</h1>")), "{page}");
    let (status, verified) =
        server.status_and_attribute(&ids.pool, "ann@example.com", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));

    // cog-0032
    assert_link_refused(link, "User cannot be confirmed. Current status is CONFIRMED").await;
}

/// The page has the look of the sign-in pages, and speaks the language of the browser.
#[tokio::test]
async fn confirmation_page_looks_as_the_pages_of_the_app_client() {
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    let settings = serde_json::json!({
        "components": { "primaryButton": { "lightMode": { "defaults": { "backgroundColor": "0a6b4aff" } } } }
    });
    let style = serde_json::json!({ "UserPoolId": ids.pool, "ClientId": ids.client, "Settings": settings });
    server.expect_output("CreateManagedLoginBranding", &style).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = last_link(&server, "ann");
    let mut pages = Vec::new();
    for expected in [200, 400] {
        let german =
            Client::new().get(&link).header("accept-language", "de").send().await.expect("an answer");
        assert_eq!(
            (german.status().as_u16(), &german.headers()["content-language"]),
            (expected, &"de".parse().expect("a value"))
        );
        let policy = german.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("style-src 'self' 'sha256-"), "{policy}");
        let page = german.text().await.expect("a page");
        assert!(page.contains("<style>") && page.contains("--accent:#0a6b4aff"), "{page}");
        assert!(page.len() < 15 * 1024);
        pages.push(page);
    }
    assert!(pages[0].contains("<h1>Deine Registrierung ist bestätigt!</h1>"), "{pages:?}");
    assert!(pages[1].contains(">Das Konto ist schon bestätigt.</p>"), "{pages:?}");
}

#[tokio::test]
async fn confirmation_page_has_privacy_headers() {
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = last_link(&server, "ann");
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let response = send(method, &link).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["allow"]),
            (405, &"GET, HEAD".parse().expect("a valid value"))
        );
    }
    let response = Client::new().get(&link).header("origin", "http://page").send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let expected = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    for (name, value) in expected {
        assert_eq!(response.headers()[name], value);
    }
    assert!(
        response.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .starts_with("default-src 'none';")
    );
    assert!(response.headers().get("access-control-allow-origin").is_none());
    assert!(!response.text().await.expect("a page").contains("<script"));
}

#[tokio::test]
async fn link_that_does_not_confirm_shows_the_message_of_confirm_sign_up() {
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = last_link(&server, "ann");
    let (before, code) = link.rsplit_once('=').expect("a code");
    let damaged = "The link is not whole; copy it from the mail once more.";
    assert_link_refused(before, damaged).await;
    assert_link_refused(&format!("http://{}/confirmUser", server.address), damaged).await;
    assert_link_refused(&link.replace(&ids.client, "%3Cscript%3E"), damaged).await;
    assert_link_refused(&link.replace("=ann&", "=&"), damaged).await;
    let elsewhere = link.replace(&ids.client, "nowhere");
    assert_link_refused(&elsewhere, "User pool client nowhere does not exist.").await;
    let unknown_user = link.replace("=ann&", "=%3Cb%3Ebob&");
    assert_link_refused(&unknown_user, "Username/client id combination not found.").await;
    let wrong = format!("{before}={}", crate::support::different_code(code));
    for _ in 0..15 {
        assert_link_refused(&wrong, "Invalid verification code provided, please try again.").await;
    }
    assert_link_refused(&link, "Attempt limit exceeded, please try after some time.").await;
    server.app.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
    assert_link_refused(&link, "Invalid code provided, please request a code again.").await;
}

#[tokio::test]
async fn link_without_secret_hash_confirms_and_hides_unknown_users() {
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    let create = server
        .sdk
        .create_user_pool_client()
        .user_pool_id(&ids.pool)
        .client_name("secret")
        .generate_secret(true)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled);
    let client = create.send().await.expect("a client").user_pool_client.expect("a description");
    let (id, secret) = (client.client_id().expect("an id"), client.client_secret().expect("a secret"));
    let hash = lido_domain::client::secret_hash::secret_hash(
        &lido_domain::id::ClientId::new(id),
        &lido_domain::secret::Secret::new(secret),
        "ann",
    );
    let call = server.sdk.sign_up().client_id(id).username("ann").password(PASSWORD).secret_hash(hash);
    call.user_attributes(attribute("email", "ann@example.com")).send().await.expect("signed up");
    let link = last_link(&server, "ann");
    let unknown_user = link.replace("=ann&", "=bob&");
    assert_link_refused(&unknown_user, "Invalid verification code provided, please try again.").await;
    // Parameters of click tracking are ignored.
    assert_eq!(follow(&format!("{link}&utm_source=mail")).await.0, 200);
}

#[tokio::test]
async fn link_of_client_with_secret_in_pool_that_sends_codes_is_refused() {
    let server = TestServer::new().await;
    let pool = server.create_pool_and_client().await.pool;
    let create = server.sdk.create_user_pool_client().user_pool_id(&pool).client_name("secret");
    let created = create.generate_secret(true).send().await.expect("a client");
    let client = created.user_pool_client.and_then(|created| created.client_id).expect("an id");
    let address = server.address;
    let link =
        format!("http://{address}/confirmUser?client_id={client}&user_name=ann&confirmation_code=123456");
    let text = format!("Client {client} is configured with secret but SECRET_HASH was not received");
    assert_link_refused(&link, &text).await;
}

#[tokio::test]
async fn link_on_standby_is_refused() {
    let mut app = test_store::app();
    app.settings.is_standby = true;
    let server = TestServer::with_app(app).await;
    let link = "/confirmUser?client_id=none&user_name=ann&confirmation_code=123456";
    let text = "ConfirmSignUp is not enabled: this server is a standby and changes nothing.";
    assert_link_refused(&format!("http://{}{link}", server.address), text).await;
}

#[tokio::test]
async fn link_with_taken_alias_is_refused() {
    // cog-0029
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    for name in ["ann", "bob"] {
        server.sign_up(&ids.client, name, "shared@example.com").await;
    }
    assert_eq!(follow(&last_link(&server, "ann")).await.0, 200);
    assert_link_refused(&last_link(&server, "bob"), "An account with the given email already exists.").await;
}

#[tokio::test]
async fn resend_confirmation_code_sends_a_new_link_by_mail_and_a_code_by_sms() {
    let server = TestServer::new().await;
    let ids = create_link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let first = last_link(&server, "ann");
    server.sdk.resend_confirmation_code().client_id(&ids.client).username("ann").send().await.expect("sent");
    let second = last_link(&server, "ann");
    assert_link_refused(&first, "Invalid verification code provided, please try again.").await;
    assert_eq!(follow(&second).await.0, 200);

    let call = server.sdk.sign_up().client_id(&ids.client).username("bob").password(PASSWORD);
    call.user_attributes(attribute("phone_number", "+15550100")).send().await.expect("signed up");
    let filter = Filter { username: Some("bob".to_owned()), ..Filter::default() };
    let sms = server.app.inbox.as_ref().expect("an inbox").messages(&filter);
    assert_eq!(sms[0].link, None);
    assert_eq!(sms[0].body, format!("Your verification code is {}. ", sms[0].code));
}

#[tokio::test]
async fn link_requests_count_toward_the_quota_of_confirm_sign_up() {
    let app = test_store::app();
    let rates = Rates::new(&"on,UserCreation=2".parse().expect("quotas"), &app.clock);
    let server = TestServer::with_gate(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await;
    let ids = create_link_pool(&server).await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let link = last_link(&server, "ann");
    assert_eq!(follow(&link).await.0, 200);
    let (status, page) = follow(&link).await;
    assert!(status == 429 && page.contains("too many requests"), "{status} {page}");
}
