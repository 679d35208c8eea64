//! AdminUserGlobalSignOut.

use super::{REVOKED, access_token, renew, signed_in};
use crate::support::{assert_refused, sign_in::SignInFixture};

/// cog-0335.
#[tokio::test]
async fn admin_user_global_sign_out_ends_every_sign_in() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let result = signed_in(&fixture).await;
    let get = || sdk.get_user().access_token(access_token(&result));
    get().send().await.expect("the sign-in is valid");
    let sign_out = sdk.admin_user_global_sign_out().user_pool_id(&fixture.ids.pool).username("ann");
    sign_out.send().await.expect("signed out");
    assert_refused!(get(), is_not_authorized_exception, REVOKED);
    assert_refused!(renew(&fixture, &result), is_not_authorized_exception, "Refresh Token has been revoked");
}

#[tokio::test]
async fn admin_user_global_sign_out_of_unknown_user_is_refused() {
    let fixture = SignInFixture::new().await;
    let sign_out = fixture.server.sdk.admin_user_global_sign_out().user_pool_id(&fixture.ids.pool);
    let unknown_user = sign_out.username("unknown");
    assert_refused!(unknown_user, is_user_not_found_exception, "User does not exist.");
}
