//! StartWebAuthnRegistration.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType,
    PreventUserExistenceErrorTypes::{self, Legacy},
    SignInPolicyType, UserPoolPolicyType, UserVerificationType,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::FORM;
use crate::support::{
    assert_refused,
    authenticator::Authenticator,
    passkeys::{PAGE_ORIGIN, PasskeyFixture},
};

#[tokio::test]
async fn start_web_authn_registration_returns_creation_options() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let first = passkeys.register_passkey("one").await;
    let mut options = passkeys.creation_options().await;
    let challenge = options["challenge"].take();
    let bytes = URL_SAFE_NO_PAD.decode(challenge.as_str().expect("a text")).expect("Base64");
    assert_eq!(bytes.len(), 32);
    let expected = json!({
        "authenticatorSelection": {
            "requireResidentKey": true,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "challenge": null,
        "excludeCredentials": [{ "id": first.encoded_id(), "type": "public-key" }],
        "pubKeyCredParams": [{ "alg": -7, "type": "public-key" }, { "alg": -257, "type": "public-key" }],
        "rp": { "id": "localhost", "name": "localhost" },
        "timeout": 60_000,
        "user": { "displayName": "ann", "id": URL_SAFE_NO_PAD.encode(&passkeys.fixture.sub), "name": "ann" },
    });
    assert_eq!(options, expected);
    assert_ne!(passkeys.creation_options().await["challenge"], challenge);
}

#[tokio::test]
async fn start_web_authn_registration_without_relying_party_or_factor_is_refused() {
    let passkeys = PasskeyFixture::with_relying_party(Legacy, None).await;
    let start = || passkeys.fixture.server.sdk.start_web_authn_registration().access_token(&passkeys.token);
    let missing = "The user pool has neither a relying party ID nor a domain.";
    assert_refused!(start(), is_web_authn_configuration_missing_exception, missing);
    passkeys.configure_relying_party("example.com", UserVerificationType::Required).await;
    let options = passkeys.creation_options().await;
    assert_eq!(options["rp"]["id"], "example.com");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    // An update keeps the relying party.
    let password = SignInPolicyType::builder().allowed_first_auth_factors(AuthFactorType::Password).build();
    let policies = UserPoolPolicyType::builder().sign_in_policy(password).build();
    let update = passkeys.fixture.server.sdk.update_user_pool().user_pool_id(&passkeys.fixture.ids.pool);
    update.policies(policies).send().await.expect("updated");
    let off = "WebAuthn is not enabled for this user pool.";
    assert_refused!(start(), is_web_authn_not_enabled_exception, off);
    assert_refused!(passkeys.complete_registration(json!({})), is_invalid_parameter_exception, FORM);
    let credential = Authenticator::new(PAGE_ORIGIN, "one").create(&options);
    assert_refused!(passkeys.complete_registration(credential), is_web_authn_not_enabled_exception, off);
    let forged = passkeys.fixture.server.sdk.start_web_authn_registration().access_token("x");
    assert_refused!(forged, is_not_authorized_exception, "Invalid Access Token");
}
