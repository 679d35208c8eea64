//! RevokeToken.

use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;

use super::{REVOKED, access_token, renew, signed_in};
use crate::support::{assert_refused, sign_in::SignInFixture};

/// cog-0335.
#[tokio::test]
async fn revoke_token_ends_one_sign_in_only() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let (one, two) = (signed_in(&fixture).await, signed_in(&fixture).await);
    let get = |result: &AuthenticationResultType| sdk.get_user().access_token(access_token(result));
    for _ in 0..2 {
        let revoke = sdk.revoke_token().client_id(&fixture.ids.client);
        let revoke = revoke.token(one.refresh_token().expect("a token"));
        revoke.send().await.expect("a success each time");
    }
    assert_refused!(get(&one), is_not_authorized_exception, REVOKED);
    assert_refused!(renew(&fixture, &one), is_not_authorized_exception, "Refresh Token has been revoked");
    get(&two).send().await.expect("the other sign-in is still valid");
}

#[tokio::test]
async fn revoke_token_with_access_token_is_refused() {
    let fixture = SignInFixture::new().await;
    let revoke = fixture.server.sdk.revoke_token().client_id(&fixture.ids.client);
    let revoke = revoke.token(access_token(&signed_in(&fixture).await));
    assert_refused!(revoke, is_unsupported_token_type_exception, "Unsupported token type");
}

#[tokio::test]
async fn revoke_token_of_unknown_or_other_client_is_refused() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let unknown = sdk.revoke_token().client_id("none").token("x");
    assert_refused!(unknown, is_unauthorized_exception, "User pool client none does not exist.");
    let result = signed_in(&fixture).await;
    let other = fixture.server.create_client(&fixture.ids.pool).await;
    let theirs = sdk.revoke_token().client_id(&other).token(result.refresh_token().expect("a token"));
    assert_refused!(theirs, is_unauthorized_exception, "Invalid Refresh Token.");
    let get = sdk.get_user().access_token(access_token(&result));
    get.send().await.expect("only the app client of the token can revoke it");
}
