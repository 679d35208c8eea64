//! GlobalSignOut.

use super::{REVOKED, access_token, renew, signed_in};
use crate::support::{assert_refused, sign_in::SignInFixture};

/// cog-0335.
#[tokio::test]
async fn global_sign_out_ends_every_earlier_sign_in() {
    let fixture = SignInFixture::new().await;
    let sdk = &fixture.server.sdk;
    let sign_ins = [signed_in(&fixture).await, signed_in(&fixture).await];
    let token = access_token(&sign_ins[1]);
    sdk.global_sign_out().access_token(&token).send().await.expect("signed out");
    for result in &sign_ins {
        let get = sdk.get_user().access_token(access_token(result));
        assert_refused!(get, is_not_authorized_exception, REVOKED);
        let revoked = "Refresh Token has been revoked";
        assert_refused!(renew(&fixture, result), is_not_authorized_exception, revoked);
    }
    let again = sdk.global_sign_out().access_token(&token);
    assert_refused!(again, is_not_authorized_exception, REVOKED);
    let later = access_token(&signed_in(&fixture).await);
    sdk.get_user().access_token(later).send().await.expect("a later sign-in is valid");
}
