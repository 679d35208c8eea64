//! Mail from the server binary: encryption, and delivery exactly once although the server is stopped or killed.

use std::{fs, net::TcpListener, path::Path, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustix::process::Signal;
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use serde_json::{Value, json};

use crate::{
    mail_server::{MailBehavior, MailServer, Stage},
    server_process::{Lido, command},
};

/// Returns a certificate for `localhost`, and writes the certificate of its authority to `ca.pem`.
fn certificate(folder: &Path) -> Arc<ServerConfig> {
    let mut authority = CertificateParams::new(Vec::new()).expect("good");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().expect("a key");
    let root = authority.self_signed(&authority_key).expect("signed");
    fs::write(folder.join("ca.pem"), root.pem()).expect("written");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let names = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let leaf = names.signed_by(&key, &issuer).expect("signed");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .expect("a certificate");
    Arc::new(config)
}

/// Starts a server with the memory store that sends mail to `smtp`.
fn start_with_smtp(folder: &Path, smtp: &str, authority: Option<&str>) -> Lido {
    let mut command = command(folder, "dev --listen 127.0.0.1:0 --store memory --log trace");
    command.env("LIDO_SMTP", smtp);
    if let Some(file) = authority {
        command.env("SSL_CERT_FILE", file);
    }
    Lido::spawn(folder, &mut command)
}

fn sign_up(lido: &Lido, client: &str, name: &str) -> Value {
    let mail = json!([{"Name": "email", "Value": format!("{name}@example.com")}]);
    let user = json!({"ClientId": client, "Username": name, "Password": "Passw0rd!", "UserAttributes": mail});
    lido.client().expect_output("SignUp", &user)
}

#[test]
fn mail_server_with_tls_gets_the_mail_encrypted() {
    let folder = tempfile::tempdir().expect("a folder");
    let tls = Some(certificate(folder.path()));
    for (is_wrapped, scheme, parameter) in
        [(true, "smtps", ""), (false, "smtp", ""), (false, "smtp", "?tls=required")]
    {
        let login = Some(("shop", "hunter2"));
        let server = MailServer::start(MailBehavior {
            login,
            tls: tls.clone(),
            is_wrapped,
            ..MailBehavior::default()
        });
        let smtp = format!("{scheme}://shop:hunter2@localhost:{}{parameter}", server.address.port());
        let lido = start_with_smtp(folder.path(), &smtp, Some("ca.pem"));
        let (_, client) = lido.client().new_pool();
        sign_up(&lido, &client, "ann");
        let mails = server.wait_for(1);
        assert_eq!((mails[0].user.as_deref(), mails[0].is_encrypted), (Some("shop"), true), "{smtp}");
        // `lido dev` puts it in the inbox too.
        let inbox = lido.client().get("/_lido/messages?username=ann").json();
        let code = inbox["messages"][0]["code"].as_str().expect("a code").to_owned();
        assert!(mails[0].raw.contains(&code));
        assert!(!lido.log().contains("hunter2") && !lido.log().contains(&code), "{}", lido.log());
    }
}

#[test]
fn mail_server_with_untrusted_certificate_gets_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let tls = Some(certificate(folder.path()));
    let untrusted = MailServer::start(MailBehavior { tls, ..MailBehavior::default() });
    let plain = MailServer::start(MailBehavior::default());
    fs::write(folder.path().join("others.pem"), {
        let other = tempfile::tempdir().expect("a folder");
        certificate(other.path());
        fs::read(other.path().join("ca.pem")).expect("written")
    })
    .expect("written");
    let cases = [(&untrusted, ""), (&untrusted, "?tls=required"), (&plain, "?tls=required")];
    for (server, parameter) in cases {
        let smtp = format!("smtp://localhost:{}{parameter}", server.address.port());
        let lido = start_with_smtp(folder.path(), &smtp, Some("others.pem"));
        let (_, client) = lido.client().new_pool();
        sign_up(&lido, &client, "ann");
        let log = lido.log();
        assert!(log.contains("a message was not delivered") && !log.contains("ann@example.com"), "{log}");
        assert!(server.connections() > 0 && server.mails().is_empty(), "{smtp}");
    }
}

const WITH_STORE: &str = "dev --listen 127.0.0.1:0 --store sqlite:lido.db --log info --smtp smtp://";

#[test]
fn waiting_mail_survives_a_stop_and_a_kill() {
    for signal in [Signal::TERM, Signal::KILL] {
        let folder = tempfile::tempdir().expect("a folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let line = format!("{WITH_STORE}{address}");
        let mut lido = Lido::start(folder.path(), &line);
        let (pool, client) = lido.client().new_pool();
        sign_up(&lido, &client, "ann");
        lido.signal(signal);
        lido.wait(Duration::from_secs(20));

        let server = MailServer::start_at(address, MailBehavior::default());
        let lido = Lido::start(folder.path(), &line);
        lido.client().advance(3 * 60);
        let mails = server.wait_for(1);
        let code: String = mails[0]
            .raw
            .lines()
            .find(|line| line.starts_with("Your verification code is"))
            .map(|line| line.chars().filter(char::is_ascii_digit).collect())
            .expect("a code");
        let confirmation = json!({"ClientId": client, "Username": "ann", "ConfirmationCode": code});
        lido.client().expect_output("ConfirmSignUp", &confirmation);
        let user =
            lido.client().expect_output("AdminGetUser", &json!({"UserPoolId": pool, "Username": "ann"}));
        assert_eq!(user["UserStatus"], "CONFIRMED");
    }
}

#[test]
fn mail_under_way_at_a_stop_is_sent_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let server =
        MailServer::start(MailBehavior { delay: Duration::from_millis(500), ..MailBehavior::default() });
    let line = format!("{WITH_STORE}{}", server.address);
    let mut lido = Lido::start(folder.path(), &line);
    let (_, client) = lido.client().new_pool();
    server.fail_at(Stage::Recipient, 450);
    sign_up(&lido, &client, "ann");
    // The second attempt begins, which no request waits for.
    lido.client().advance(60);
    while server.connections() < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    lido.signal(Signal::TERM);
    assert!(lido.wait(Duration::from_secs(20)).success(), "{}", lido.log());
    assert_eq!(server.mails().len(), 1);
    // The reply of the mail server contains the address; the log must not.
    assert!(lido.log().contains("450") && !lido.log().contains("ann@example.com"), "{}", lido.log());
    let lido = Lido::start(folder.path(), &line);
    lido.client().advance(24 * 60 * 60);
    sign_up(&lido, &client, "bob");
    let mails = server.wait_for(2);
    assert_eq!((mails[0].to[0].as_str(), mails[1].to[0].as_str()), ("ann@example.com", "bob@example.com"));
    assert_eq!(mails.len(), 2);
}

#[test]
fn confirmation_link_has_the_public_url_and_is_not_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = "dev --listen 127.0.0.1:0 --store memory --log trace --public-url https://auth.example/";
    let lido = Lido::start(folder.path(), line);
    let template = json!({"DefaultEmailOption": "CONFIRM_WITH_LINK"});
    let pool = json!({"PoolName": "p", "AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": template});
    let pool = lido.client().expect_output("CreateUserPool", &pool)["UserPool"]["Id"].clone();
    let client = json!({"UserPoolId": pool, "ClientName": "app"});
    let client =
        lido.client().expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    sign_up(&lido, client.as_str().expect("an id"), "ann");
    let message = &lido.client().get("/_lido/messages").json()["messages"][0];
    let link = message["link"].as_str().expect("a link");
    let path = link.strip_prefix("https://auth.example").expect("the public URL");
    assert!(message["body"].as_str().expect("text").contains(&link.replace('&', "&amp;")));
    let answer = lido.client().get(path);
    assert!(answer.status == 200 && answer.body.contains("has been confirmed"), "{answer:?}");
    let (log, code) = (lido.log(), message["code"].as_str().expect("a code"));
    assert!(
        log.contains("confirmation page") && !log.contains("user_name=ann") && !log.contains(code),
        "{log}"
    );
}

#[test]
fn webhook_url_and_posted_message_are_not_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = command(folder.path(), "dev --listen 127.0.0.1:0 --store memory --log trace");
    command
        .env("LIDO_SMS_WEBHOOK", "http://127.0.0.1:1/sms?token=hunter2")
        .env("LIDO_SMS_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let lido = Lido::spawn(folder.path(), &mut command);
    let pool = json!({"PoolName": "p", "AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}});
    let pool = lido.client().expect_output("CreateUserPool", &pool)["UserPool"]["Id"].clone();
    let client = json!({"UserPoolId": pool, "ClientName": "app"});
    let client =
        lido.client().expect_output("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let phone = json!([{"Name": "phone_number", "Value": "+15550100"}]);
    let user =
        json!({"ClientId": client, "Username": "ann", "Password": "Passw0rd!", "UserAttributes": phone});
    lido.client().expect_output("SignUp", &user);
    let inbox = lido.client().get("/_lido/messages").json();
    let code = inbox["messages"][0]["code"].as_str().expect("a code");
    let log = lido.log();
    assert!(log.contains("a message was not delivered") && log.contains("http://127.0.0.1"), "{log}");
    for hidden in ["hunter2", "MfKQ9r8G", code, "+15550100"] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
}

#[test]
fn help_shows_no_secret_and_serve_warns_of_missing_transports() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut help = command(folder.path(), "dev --help");
    help.env("LIDO_SMTP", "smtp://u:hunter2@a.example").env("LIDO_SMS_WEBHOOK_SECRET", "hunter2");
    let help = String::from_utf8(help.output().expect("it runs").stdout).expect("text");
    assert!(help.contains("--smtp") && help.contains("--sms-webhook") && !help.contains("hunter2"), "{help}");
    let wrong = command(folder.path(), "dev").env("LIDO_SMTP", "imap://u:hunter2@a.example").output();
    let stderr = String::from_utf8(wrong.expect("it runs").stderr).expect("text");
    assert!(stderr.contains("invalid value for --smtp") && !stderr.contains("hunter2"), "{stderr}");

    fs::write(folder.path().join("key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").expect("written");
    fs::write(folder.path().join("c.json"), "{\"users\": []}").expect("written");
    let line = "serve --listen 127.0.0.1:0 --store memory --public-url https://a.example --key-file key --credentials c.json";
    let lido = Lido::start(folder.path(), line);
    assert!(lido.log().contains("--smtp is not set, so no mail is sent"), "{}", lido.log());
    assert!(lido.log().contains("--sms-webhook is not set, so no SMS is sent"), "{}", lido.log());
}
