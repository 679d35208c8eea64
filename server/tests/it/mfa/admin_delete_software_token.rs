//! AdminDeleteSoftwareToken.

use aws_sdk_cognitoidentityprovider::types::UserPoolMfaType;

use crate::support::{assert_refused, sign_in::SignInFixture};

/// api-0296, api-0297.
#[tokio::test]
async fn admin_delete_software_token_removes_the_factor_and_lets_the_user_set_up_another() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    fixture.set_up_software_token().await;
    let delete = fixture.server.sdk.admin_delete_software_token().user_pool_id(&fixture.ids.pool);
    let delete = delete.username("ann");
    delete.clone().send().await.expect("deleted");
    assert_eq!(fixture.mfa_settings().await, (vec![], None, false));
    delete.send().await.expect("there is no token any more");
    fixture.set_up_software_token().await;
}

#[tokio::test]
async fn admin_delete_software_token_of_unconfirmed_or_unknown_user_is_refused() {
    let fixture = SignInFixture::new().await;
    fixture.server.sign_up(&fixture.ids.client, "bob", "bob@example.com").await;
    let delete = fixture.server.sdk.admin_delete_software_token().user_pool_id(&fixture.ids.pool);
    let of_bob = delete.clone().username("bob");
    assert_refused!(of_bob, is_user_not_confirmed_exception, "User is not confirmed.");
    assert_refused!(delete.username("unknown"), is_user_not_found_exception, "User does not exist.");
}
