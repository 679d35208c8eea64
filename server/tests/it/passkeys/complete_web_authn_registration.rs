//! CompleteWebAuthnRegistration: the checks of a new passkey, each with exactly one thing wrong.

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
    authenticator::{Authenticator, USER_PRESENT, USER_VERIFIED},
    passkeys::{PAGE_ORIGIN, PasskeyFixture},
};

#[tokio::test]
async fn complete_web_authn_registration_beyond_twenty_passkeys_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    let options = passkeys.creation_options().await;
    for number in 0..20 {
        passkeys.register_passkey(&format!("number {number}")).await;
    }
    let full = "The maximum number of credentials for this user is reached.";
    let start = passkeys.fixture.server.sdk.start_web_authn_registration().access_token(&passkeys.token);
    assert_refused!(start, is_limit_exceeded_exception, full);
    let credential = Authenticator::new(PAGE_ORIGIN, "one more").create(&options);
    assert_refused!(passkeys.complete_registration(credential), is_limit_exceeded_exception, full);
}

/// The checks of an attestation that WebAuthn requires of a relying party.
#[tokio::test]
async fn complete_web_authn_registration_with_invalid_attestation_is_refused() {
    type Change = fn(&mut Authenticator);
    let cases: [(Change, &str, &str); 9] = [
        (|_| (), "", ""),
        (|browser| browser.origin = "https://login.example.com:8443".into(), "", ""),
        (|browser| browser.origin = "https://badexample.com".into(), "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.origin = "http://example.com".into(), "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.is_cross_origin = true, "WebAuthnOriginNotAllowed", ORIGIN),
        (|browser| browser.relying_party = Some("example.net".into()), "WebAuthnRelyingPartyMismatch", PARTY),
        (|browser| browser.flags = USER_VERIFIED, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
        (|browser| browser.flags = USER_PRESENT, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
        // The label of ES384 on a key of ES256.
        (|browser| browser.algorithm = -35, "WebAuthnCredentialNotSupported", NOT_SUPPORTED),
    ];
    let passkeys = PasskeyFixture::new(Legacy).await;
    passkeys.configure_relying_party("example.com", UserVerificationType::Required).await;
    for (number, (change, kind, text)) in cases.into_iter().enumerate() {
        let mut browser = Authenticator::new("https://example.com", &number.to_string());
        change(&mut browser);
        let credential = browser.create(&passkeys.creation_options().await);
        let result = passkeys.complete_registration(credential.clone()).send().await;
        if kind.is_empty() {
            result.expect("registered");
            continue;
        }
        let error = result.expect_err("a refusal").into_service_error();
        let refusal = (error.meta().code(), error.meta().message());
        assert_eq!(refusal, (Some(&*format!("{kind}Exception")), Some(text)), "{number}");
        // The challenge is valid for one answer.
        assert_refused!(
            passkeys.complete_registration(credential),
            is_web_authn_challenge_not_found_exception,
            NOT_FOUND
        );
    }
}

/// A page without TLS may register passkeys only if its host is `localhost`.
#[tokio::test]
async fn complete_web_authn_registration_without_tls_is_allowed_for_localhost_only() {
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
        let result = passkeys.complete_registration(credential).send().await;
        assert_eq!(result.is_ok(), is_allowed, "{origin}");
    }
}

#[tokio::test]
async fn complete_web_authn_registration_with_foreign_used_or_expired_challenge_is_refused() {
    let mut passkeys = PasskeyFixture::new(Legacy).await;
    let not_found = NOT_FOUND;
    let invented = json!({ "challenge": "AAAA", "rp": { "id": "localhost" }, "user": { "id": "" } });
    let credential = Authenticator::new(PAGE_ORIGIN, "one").create(&invented);
    assert_refused!(
        passkeys.complete_registration(credential),
        is_web_authn_challenge_not_found_exception,
        not_found
    );

    let options = passkeys.creation_options().await;
    let credential = Authenticator::new(PAGE_ORIGIN, "one").create(&options);
    let fixture = &passkeys.fixture;
    let other = fixture.server.create_sign_in_client(&fixture.ids.pool, Enabled).await;
    let sign_in = fixture.server.sdk.initiate_auth().client_id(other).auth_flow("USER_PASSWORD_AUTH".into());
    let sign_in = sign_in.auth_parameters("USERNAME", "ann").auth_parameters("PASSWORD", PASSWORD);
    let result = sign_in.send().await.expect("signed in").authentication_result.expect("tokens");
    let before = std::mem::replace(&mut passkeys.token, result.access_token.expect("a token"));
    assert_refused!(
        passkeys.complete_registration(credential.clone()),
        is_web_authn_client_mismatch_exception,
        "The access token is for another client than the one that started the registration."
    );
    passkeys.token = before;
    passkeys
        .complete_registration(credential.clone())
        .send()
        .await
        .expect("the mismatch did not use the challenge up");
    assert_refused!(
        passkeys.complete_registration(credential),
        is_web_authn_challenge_not_found_exception,
        not_found
    );

    let credential = Authenticator::new(PAGE_ORIGIN, "one").create(&passkeys.creation_options().await);
    let exists = "The credential is already registered for this user.";
    assert_refused!(passkeys.complete_registration(credential), is_invalid_parameter_exception, exists);

    let credential = Authenticator::new(PAGE_ORIGIN, "two").create(&passkeys.creation_options().await);
    passkeys.fixture.server.app.clock.advance(Duration::from_secs(3 * 60));
    assert_refused!(
        passkeys.complete_registration(credential),
        is_web_authn_challenge_not_found_exception,
        not_found
    );
}

/// Credentials of another form than a browser sends.
#[tokio::test]
async fn complete_web_authn_registration_with_malformed_credential_is_refused() {
    let passkeys = PasskeyFixture::new(Legacy).await;
    let options = passkeys.creation_options().await;
    let valid = Authenticator::new(PAGE_ORIGIN, "one").create(&options);
    let with_member = |pointer: &str, value: Value| {
        let mut malformed = valid.clone();
        *malformed.pointer_mut(pointer).expect("a member") = value;
        malformed
    };
    let cases = [
        json!("x"),
        json!([]),
        json!({}),
        with_member("/type", json!("password")),
        with_member("/rawId", json!("ä")),
        with_member("/response", json!(1.5)),
        with_member("/response/clientDataJSON", json!("e30")),
        with_member("/response/clientDataJSON", json!("%")),
        with_member("/response/attestationObject", json!(null)),
    ];
    for malformed in cases {
        assert_refused!(passkeys.complete_registration(malformed), is_invalid_parameter_exception, FORM);
    }
    // These are well-formed JSON, so they use the challenge up.
    let wrong_type =
        json!({ "type": "webauthn.get", "challenge": options["challenge"], "origin": PAGE_ORIGIN });
    for (pointer, bytes) in [
        ("/response/clientDataJSON", wrong_type.to_string().into_bytes()),
        ("/response/attestationObject", vec![0xff]),
        ("/response/attestationObject", vec![0x9f; 10_000]),
        ("/response/attestationObject", b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x41\x00".to_vec()),
    ] {
        let mut malformed = Authenticator::new(PAGE_ORIGIN, "one").create(&passkeys.creation_options().await);
        if pointer.ends_with("clientDataJSON") {
            malformed = valid.clone();
        }
        *malformed.pointer_mut(pointer).expect("a member") = json!(URL_SAFE_NO_PAD.encode(bytes));
        assert_refused!(passkeys.complete_registration(malformed), is_invalid_parameter_exception, FORM);
    }
}
