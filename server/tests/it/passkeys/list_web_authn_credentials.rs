//! ListWebAuthnCredentials.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes;

use crate::support::{assert_refused, passkeys::PasskeyFixture};

#[tokio::test]
async fn list_web_authn_credentials_returns_the_oldest_first() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let list = || passkeys.fixture.server.sdk.list_web_authn_credentials().access_token(&passkeys.token);
    assert_eq!(list().send().await.expect("listed").credentials(), []);
    let mut ids = Vec::new();
    // Each passkey is registered later than the last one, and its id sorts before it.
    for id in ["c", "b", "a"] {
        ids.push(passkeys.register_passkey(id).await.encoded_id());
        passkeys.fixture.server.app.clock.advance(Duration::from_secs(1));
    }
    let listed = list().send().await.expect("listed");
    assert_eq!(listed.next_token(), None);
    let output: Vec<_> = listed.credentials().iter().map(|one| one.credential_id().to_owned()).collect();
    assert_eq!(output, ids);
    let first = &listed.credentials()[0];
    assert_eq!((first.friendly_credential_name(), first.relying_party_id()), ("Passkey", "localhost"));
    assert_eq!(first.authenticator_attachment(), Some("platform"));
    assert_eq!(first.authenticator_transports(), ["hybrid", "internal"]);
    assert_eq!(first.created_at().secs(), 1_795_246_200);
}

#[tokio::test]
async fn list_web_authn_credentials_pages_continue_after_a_deletion() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let sdk = &passkeys.fixture.server.sdk;
    let mut ids = Vec::new();
    for id in ["c", "b", "a"] {
        ids.push(passkeys.register_passkey(id).await.encoded_id());
        passkeys.fixture.server.app.clock.advance(Duration::from_secs(1));
    }
    let list = || sdk.list_web_authn_credentials().access_token(&passkeys.token).max_results(2);
    let page = list().send().await.expect("listed");
    assert_eq!(page.credentials().len(), 2);
    let delete = sdk.delete_web_authn_credential().access_token(&passkeys.token).credential_id(&ids[1]);
    delete.send().await.expect("deleted");
    let rest = list().next_token(page.next_token.expect("another page")).send().await.expect("listed");
    assert_eq!(rest.credentials().iter().map(|one| one.credential_id()).collect::<Vec<_>>(), [&ids[2]]);
    assert_eq!(rest.next_token(), None);
}

#[tokio::test]
async fn list_web_authn_credentials_with_invalid_token_is_refused() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let list = passkeys.fixture.server.sdk.list_web_authn_credentials().access_token(&passkeys.token);
    assert_refused!(list.next_token("x"), is_invalid_parameter_exception, "Invalid pagination token.");
}
