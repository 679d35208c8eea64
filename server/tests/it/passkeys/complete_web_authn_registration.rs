//! CompleteWebAuthnRegistration: what a new passkey must be, one thing wrong at a time.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    PreventUserExistenceErrorTypes::{Enabled, Legacy},
    UserVerificationType,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{FORM, NOT_FOUND, NOT_SUPPORTED, ORIGIN, PARTY};
use crate::support::{
    PASSWORD, assert_refused,
    authenticator::{Authenticator, PRESENT, VERIFIED},
    passkeys::{PAGE, PasskeyFixture},
};

#[tokio::test]
async fn complete_web_authn_registration_beyond_twenty_passkeys_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    let options = passkeys.creation_options().await;
    for number in 0..20 {
        passkeys.register(&format!("number {number}")).await;
    }
    let full = "The maximum number of credentials for this user is reached.";
    let start = passkeys.fixture.server.sdk.start_web_authn_registration().access_token(&passkeys.token);
    assert_refused!(start, is_limit_exceeded_exception, full);
    let credential = Authenticator::new(PAGE, "one more").create(&options);
    assert_refused!(passkeys.complete(credential), is_limit_exceeded_exception, full);
}

/// What WebAuthn has a relying party look at, one thing wrong at a time.
#[tokio::test]
async fn complete_web_authn_registration_with_unfit_passkey_is_refused() {
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
    let passkeys = PasskeyFixture::new(Legacy).await;
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
        assert_refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, NOT_FOUND);
    }
}

/// Without TLS only the pages of this machine may have passkeys.
#[tokio::test]
async fn complete_web_authn_registration_without_tls_is_for_localhost_alone() {
    let passkeys = PasskeyFixture::new(Legacy).await;
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
async fn complete_web_authn_registration_of_other_user_or_client_or_too_late_is_refused() {
    let mut passkeys = PasskeyFixture::new(Legacy).await;
    let not_found = NOT_FOUND;
    let made_up = json!({ "challenge": "AAAA", "rp": { "id": "localhost" }, "user": { "id": "" } });
    let credential = Authenticator::new(PAGE, "one").create(&made_up);
    assert_refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);

    let options = passkeys.creation_options().await;
    let credential = Authenticator::new(PAGE, "one").create(&options);
    let fixture = &passkeys.fixture;
    let other = fixture.server.client_for_sign_in(&fixture.ids.pool, Enabled).await;
    let sign_in = fixture.server.sdk.initiate_auth().client_id(other).auth_flow("USER_PASSWORD_AUTH".into());
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let result = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let before = std::mem::replace(&mut passkeys.token, result.access_token.expect("a token"));
    assert_refused!(
        passkeys.complete(credential.clone()),
        is_web_authn_client_mismatch_exception,
        "The access token is for another client than the one that started the registration."
    );
    passkeys.token = before;
    passkeys.complete(credential.clone()).send().await.expect("that used nothing up");
    assert_refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);

    let credential = Authenticator::new(PAGE, "one").create(&passkeys.creation_options().await);
    let exists = "The credential is already registered for this user.";
    assert_refused!(passkeys.complete(credential), is_invalid_parameter_exception, exists);

    let credential = Authenticator::new(PAGE, "two").create(&passkeys.creation_options().await);
    passkeys.fixture.server.app.clock.advance(Duration::from_secs(3 * 60));
    assert_refused!(passkeys.complete(credential), is_web_authn_challenge_not_found_exception, not_found);
}

/// Anything else than what a browser sends is told so and takes nothing down.
#[tokio::test]
async fn complete_web_authn_registration_with_malformed_credential_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
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
        assert_refused!(passkeys.complete(bent), is_invalid_parameter_exception, FORM);
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
        assert_refused!(passkeys.complete(bent), is_invalid_parameter_exception, FORM);
    }
}
