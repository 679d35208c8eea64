//! AssociateSoftwareToken.

use aws_sdk_cognitoidentityprovider::types::UserPoolMfaType;

use crate::support::{assert_refused, sign_in::SignInFixture};

#[tokio::test]
async fn associate_software_token_returns_a_new_secret_each_time() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let token = fixture.access_token().await;
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let associate = fixture.server.sdk.associate_software_token().access_token(&token);
        let associated = associate.send().await.expect("associated");
        assert_eq!(associated.session, None);
        secrets.push(associated.secret_code.expect("a secret"));
    }
    assert!(secrets.iter().all(|secret| secret.len() == 52));
    assert_ne!(secrets[0], secrets[1]);
}

#[tokio::test]
async fn associate_software_token_in_pool_without_software_tokens_is_refused() {
    let fixture = SignInFixture::new().await;
    let associate = fixture.server.sdk.associate_software_token().access_token(fixture.access_token().await);
    let text = "Software Token MFA has not been enabled by the userPool";
    assert_refused!(associate, is_software_token_mfa_not_found_exception, text);
}

#[tokio::test]
async fn associate_software_token_with_foreign_session_is_refused() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let associate = fixture.server.sdk.associate_software_token().session("a session that was never issued");
    assert_refused!(associate, is_not_authorized_exception, "Invalid session for the user.");
}
