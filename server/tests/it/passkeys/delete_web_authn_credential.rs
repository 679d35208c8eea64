//! DeleteWebAuthnCredential.

use aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes;

use crate::support::{assert_refused, passkeys::PasskeyFixture};

#[tokio::test]
async fn delete_web_authn_credential_twice_is_refused_the_second_time() {
    let passkeys = PasskeyFixture::new(PreventUserExistenceErrorTypes::Legacy).await;
    let sdk = &passkeys.fixture.server.sdk;
    let (one, other) = (
        passkeys.register_passkey("one").await.encoded_id(),
        passkeys.register_passkey("two").await.encoded_id(),
    );
    let delete = || sdk.delete_web_authn_credential().access_token(&passkeys.token).credential_id(&one);
    delete().send().await.expect("deleted");
    let text = "The credential does not exist for this user.";
    assert_refused!(delete(), is_resource_not_found_exception, text);
    let list = sdk.list_web_authn_credentials().access_token(&passkeys.token).send().await.expect("listed");
    assert_eq!(list.credentials().iter().map(|one| one.credential_id()).collect::<Vec<_>>(), [&other]);
}
