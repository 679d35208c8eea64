//! Passkeys that are refused: one thing wrong at a time.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    PreventUserExistenceErrorTypes::{Enabled, Legacy},
    UserVerificationType, WebAuthnConfigurationType,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    authenticator::{Authenticator, PRESENT, VERIFIED},
    passkeys::{PAGE, Passkeys},
    support::{PASSWORD, refused},
};

const NOT_FOUND: &str = "The challenge was not found or has expired, please start the registration again.";
const ORIGIN: &str = "The origin of the credential does not match the relying party ID of the user pool.";
const PARTY: &str = "The credential is for another relying party ID than that of the user pool.";
const NOT_SUPPORTED: &str = "The credential is not supported.";
const FORM: &str =
    "Credential must be a RegistrationResponseJSON with its clientDataJSON and attestationObject.";

impl Passkeys {
    async fn require(&self, party: &str, user_verification: UserVerificationType) {
        let configuration = WebAuthnConfigurationType::builder();
        let configuration = configuration.relying_party_id(party).user_verification(user_verification);
        let call = self.world.house.sdk.set_user_pool_mfa_config().user_pool_id(&self.world.place.pool);
        call.web_authn_configuration(configuration.build()).send().await.expect("configured");
    }
}

#[tokio::test]
async fn who_may_begin_a_registration() {
    let passkeys = Passkeys::with(Legacy, None).await;
    let start = || passkeys.world.house.sdk.start_web_authn_registration().access_token(&passkeys.token);
    let missing = "The user pool has neither a relying party ID nor a domain.";
    refused!(start(), is_web_authn_configuration_missing_exception, missing);
    passkeys.require("example.com", UserVerificationType::Required).await;
    let options = passkeys.creation_options().await;
    assert_eq!(options["rp"]["id"], "example.com");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    // An update without a policy takes the factors back, and leaves the relying party.
    let update = passkeys.world.house.sdk.update_user_pool().user_pool_id(&passkeys.world.place.pool);
    update.send().await.expect("updated");
    let off = "WebAuthn is not enabled for this user pool.";
    refused!(start(), is_web_authn_not_enabled_exception, off);
    refused!(passkeys.complete(json!({})), is_invalid_parameter_exception, FORM);
    let credential = Authenticator::new(PAGE, "one").create(&options);
    refused!(passkeys.complete(credential), is_web_authn_not_enabled_exception, off);
    let forged = passkeys.world.house.sdk.start_web_authn_registration().access_token("x");
    refused!(forged, is_not_authorized_exception, "Invalid Access Token");
}

#[tokio::test]
async fn a_user_has_twenty_passkeys_at_most() {
    let passkeys = Passkeys::new(Legacy).await;
    let options = passkeys.creation_options().await;
    for number in 0..20 {
        passkeys.register(&format!("number {number}")).await;
    }
    let full = "The maximum number of credentials for this user is reached.";
    let start = passkeys.world.house.sdk.start_web_authn_registration().access_token(&passkeys.token);
    refused!(start, is_limit_exceeded_exception, full);
    let credential = Authenticator::new(PAGE, "one more").create(&options);
    refused!(passkeys.complete(credential), is_limit_exceeded_exception, full);
}

/// What WebAuthn has a relying party look at, one thing wrong at a time.
#[tokio::test]
async fn what_a_new_passkey_must_be() {
    type Bend = fn(&mut Authenticator);
    let cases: [(Bend, &str, &str); 9] = [
        (|_| (), "", ""),
        (|browser| browser.origin = "https://login.example.com:8443".into(), "", ""),
        (|browser| browser.origin = "https://badexample.com".into(), "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.origin = "http://example.com".into(), "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.is_framed = true, "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.party = Some("example.net".into()), "WebAuthnRelyingPartyMismatch", PARTY),
        (|browser| browser.flags = VERIFIED, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
        (|browser| browser.flags = PRESENT, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
        // ES384, of a key that is none.
        (|browser| browser.algorithm = -35, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
    ];
    let passkeys = Passkeys::new(Legacy).await;
    passkeys.require("example.com", UserVerificationType::Required).await;
    for (number, (bend, kind, text)) in cases.into_iter().enumerate() {
        let mut browser = Authenticator::new("https://example.com", &number.to_string());
        bend(&mut browser);
        let credential = browser.create(&passkeys.creation_options().await);
        let answer = passkeys.complete(credential.clone()).send().await;
        if kind.is_empty() {
            answer.expect("registered");
            continue;
        }
        let error = answer.expect_err("a refusal").into_service_error();
        let told = (error.meta().code(), error.meta().message());
        assert_eq!(told, (Some(&*format!("{kind}Exception")), Some(text)), "{number}");
        // A registration is good for one answer.
        refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, NOT_FOUND);
    }
}

/// Without TLS only the pages of this machine may have passkeys.
#[tokio::test]
async fn localhost_needs_no_tls() {
    let passkeys = Passkeys::new(Legacy).await;
    for (origin, is_allowed) in [
        ("http://localhost", true),
        ("https://localhost:5173", true),
        ("http://app.localhost:3000", true),
        ("http://127.0.0.1:3000", false),
        ("https://example.com", false),
        ("android:apk-key-hash:x", false),
    ] {
        let credential = Authenticator::new(origin, origin).create(&passkeys.creation_options().await);
        let answer = passkeys.complete(credential).send().await;
        assert_eq!(answer.is_ok(), is_allowed, "{origin}");
    }
}

#[tokio::test]
async fn a_registration_is_the_users_and_the_clients_and_soon_forgotten() {
    let mut passkeys = Passkeys::new(Legacy).await;
    let not_found = NOT_FOUND;
    let made_up = json!({ "challenge": "AAAA", "rp": { "id": "localhost" }, "user": { "id": "" } });
    let credential = Authenticator::new(PAGE, "one").create(&made_up);
    refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);

    let options = passkeys.creation_options().await;
    let credential = Authenticator::new(PAGE, "one").create(&options);
    let world = &passkeys.world;
    let other = world.house.client_for_sign_in(&world.place.pool, Enabled).await;
    let sign_in = world.house.sdk.initiate_auth().client_id(other).auth_flow("USER_PASSWORD_AUTH".into());
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let result = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let before = std::mem::replace(&mut passkeys.token, result.access_token.expect("a token"));
    refused!(
        passkeys.complete(credential.clone()),
        is_web_authn_client_mismatch_exception,
        "The access token is for another client than the one that started the registration."
    );
    passkeys.token = before;
    passkeys.complete(credential.clone()).send().await.expect("that used nothing up");
    refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);

    let credential = Authenticator::new(PAGE, "one").create(&passkeys.creation_options().await);
    let exists = "The credential is already registered for this user.";
    refused!(passkeys.complete(credential), is_invalid_parameter_exception, exists);

    let credential = Authenticator::new(PAGE, "two").create(&passkeys.creation_options().await);
    passkeys.world.house.app.clock.advance(Duration::from_secs(3 * 60));
    refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);
}

/// Anything else than what a browser sends is told so and takes nothing down.
#[tokio::test]
async fn what_is_no_credential() {
    let passkeys = Passkeys::new(Legacy).await;
    let options = passkeys.creation_options().await;
    let whole = Authenticator::new(PAGE, "one").create(&options);
    let without = |pointer: &str, value: Value| {
        let mut bent = whole.clone();
        *bent.pointer_mut(pointer).expect("a member") = value;
        bent
    };
    let cases = [
        json!("x"),
        json!([]),
        json!({}),
        without("/type", json!("password")),
        without("/rawId", json!("ä")),
        without("/response", json!(1.5)),
        without("/response/clientDataJSON", json!("e30")),
        without("/response/clientDataJSON", json!("%")),
        without("/response/attestationObject", json!(null)),
    ];
    for bent in cases {
        refused!(passkeys.complete(bent), is_invalid_parameter_exception, FORM);
    }
    // These reach the registration and use it up.
    let lies = json!({ "type": "webauthn.get", "challenge": options["challenge"], "origin": PAGE });
    for (pointer, bytes) in [
        ("/response/clientDataJSON", lies.to_string().into_bytes()),
        ("/response/attestationObject", vec![0xff]),
        ("/response/attestationObject", vec![0x9f; 10_000]),
        ("/response/attestationObject", b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x41\x00".to_vec()),
    ] {
        let mut bent = Authenticator::new(PAGE, "one").create(&passkeys.creation_options().await);
        if pointer.ends_with("clientDataJSON") {
            bent = whole.clone();
        }
        *bent.pointer_mut(pointer).expect("a member") = json!(URL_SAFE_NO_PAD.encode(bytes));
        refused!(passkeys.complete(bent), is_invalid_parameter_exception, FORM);
    }
}

/// What WebAuthn has a relying party look at when somebody signs in, one thing wrong at a time.
#[tokio::test]
async fn what_an_answer_must_be() {
    type Bend = fn(&mut Authenticator);
    let cases: [(&str, Bend); 8] = [
        ("another page", |browser| browser.origin = "https://badexample.com".into()),
        ("without TLS", |browser| browser.origin = "http://example.com".into()),
        ("in a frame", |browser| browser.is_framed = true),
        ("another relying party", |browser| browser.party = Some("example.net".into())),
        ("nobody present", |browser| browser.flags = VERIFIED),
        ("verified once, and not any more", |browser| browser.flags = PRESENT),
        ("another user's", |browser| browser.user = Some("Ym9i".into())),
        ("a copy that lags behind", |browser| browser.counter = 0),
    ];
    let passkeys = Passkeys::new(Legacy).await;
    passkeys.require("example.com", UserVerificationType::Preferred).await;
    let mut browser = Authenticator::new("https://example.com", "one");
    browser.counter = 5;
    let credential = browser.create(&passkeys.creation_options().await);
    passkeys.complete(credential).send().await.expect("registered");
    for (what, bend) in cases {
        let (counter, user) = (browser.counter, browser.user.clone());
        bend(&mut browser);
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
        let error = answer.clone().send().await.expect_err(what).into_service_error();
        assert!(error.is_not_authorized_exception(), "{what}: {error:?}");
        assert_eq!(error.meta().message(), Some("Invalid credential."), "{what}");
        let used = "Invalid session for the user, session can only be used once.";
        refused!(answer, is_not_authorized_exception, used);
        browser = Authenticator {
            origin: "https://example.com".into(),
            is_framed: false,
            party: None,
            flags: PRESENT | VERIFIED,
            counter,
            user,
            ..browser
        };
        // Honest again, and so no lock-out comes of it.
        let (options, session) = passkeys.request_options("ann").await;
        let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
        assert!(answer.send().await.expect(what).authentication_result.is_some());
    }
}

#[tokio::test]
async fn an_answer_is_to_its_challenge_and_by_its_passkey() {
    let passkeys = Passkeys::new(Legacy).await;
    let mut browser = passkeys.register("one").await;
    let (other, _) = passkeys.request_options("ann").await;
    let (_, session) = passkeys.request_options("ann").await;
    let to_another = browser.get(&other).to_string();
    let wrong = "Invalid credential.";
    refused!(passkeys.answer("ann", &session, &to_another), is_not_authorized_exception, wrong);

    // Another key under the same id, and a passkey that nobody registered.
    for id in ["one", "two"] {
        let (options, session) = passkeys.request_options("ann").await;
        let forged = Authenticator::new(PAGE, id).get(&options).to_string();
        refused!(passkeys.answer("ann", &session, &forged), is_not_authorized_exception, wrong);
    }

    // What is no answer at all uses nothing up.
    let (options, session) = passkeys.request_options("ann").await;
    for nonsense in ["x", "{}", "[]", "null"] {
        let call = passkeys.answer("ann", &session, nonsense);
        refused!(call, is_invalid_parameter_exception, "Invalid parameter CREDENTIAL");
    }
    let answer = passkeys.answer("ann", &session, &browser.get(&options).to_string());
    assert!(answer.send().await.expect("signed in").authentication_result.is_some());
}

/// A pool whose relying party has changed asks for passkeys of the new one.
#[tokio::test]
async fn a_passkey_of_another_relying_party_is_not_offered() {
    let passkeys = Passkeys::new(Legacy).await;
    passkeys.register("one").await;
    passkeys.require("example.com", UserVerificationType::Preferred).await;
    assert_eq!(passkeys.creation_options().await["excludeCredentials"], json!([]));
    let begin = passkeys.world.initiate("USER_AUTH".into()).auth_parameters("USERNAME", "ann");
    let asked = begin.auth_parameters("PREFERRED_CHALLENGE", "WEB_AUTHN").send().await.expect("asked");
    assert_eq!(asked.challenge_name().map(|name| name.as_str()), Some("SELECT_CHALLENGE"));
    assert!(asked.available_challenges().iter().all(|name| name.as_str() != "WEB_AUTHN"));
}
