//! GetTokensFromRefreshToken.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{ExplicitAuthFlowsType, FeatureType, RefreshTokenRotationType};

use super::signed_in;
use crate::support::{PASSWORD, TestServer, assert_refused, sign_in::SignInFixture, test_store};

/// cog-0187, cog-0333.
#[tokio::test]
async fn get_tokens_from_refresh_token_with_rotation_honours_the_grace_period() {
    let fixture = SignInFixture::new().await;
    let rotation =
        RefreshTokenRotationType::builder().feature(FeatureType::Enabled).retry_grace_period_seconds(10);
    let create =
        fixture.server.sdk.create_user_pool_client().user_pool_id(&fixture.ids.pool).client_name("r");
    let create = create.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let created =
        create.refresh_token_rotation(rotation.build().expect("complete")).send().await.expect("a client");
    let client = created.user_pool_client.and_then(|client| client.client_id).expect("an id");
    let call = fixture.by_password("ann", PASSWORD).client_id(&client);
    let first = call.send().await.expect("signed in").authentication_result.expect("tokens");
    let first = first.refresh_token.expect("a refresh token");
    let renew = |token: &str| {
        fixture.server.sdk.get_tokens_from_refresh_token().client_id(&client).refresh_token(token)
    };
    let second = renew(&first).send().await.expect("renewed").authentication_result.expect("tokens");
    let second = second.refresh_token.expect("another refresh token");
    assert_ne!(first, second);
    renew(&first).send().await.expect("within the grace period");
    fixture.server.app.clock.advance(Duration::from_secs(10));
    let replaced = "Refresh Token has been replaced by another one";
    assert_refused!(renew(&first), is_refresh_token_reuse_exception, replaced);
    renew(&second).send().await.expect("the newer token is valid");
}

/// *Chosen*: only a server that is told to revokes all tokens of a sign-in whose replaced refresh token comes again.
#[tokio::test]
async fn reused_refresh_token_revokes_its_sign_in_only_with_the_option() {
    for revokes in [false, true] {
        let mut app = test_store::app();
        app.settings.revokes_reused_refresh_tokens = revokes;
        let fixture = SignInFixture::with_server(TestServer::with_app(app).await).await;
        let rotation = RefreshTokenRotationType::builder().feature(FeatureType::Enabled);
        let sdk = &fixture.server.sdk;
        let create = sdk.create_user_pool_client().user_pool_id(&fixture.ids.pool).client_name("r");
        let create = create.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
        let rotation = rotation.retry_grace_period_seconds(0).build().expect("complete");
        let created = create.refresh_token_rotation(rotation).send().await.expect("a client");
        let client = created.user_pool_client.and_then(|client| client.client_id).expect("an id");
        let call = fixture.by_password("ann", PASSWORD).client_id(&client);
        let signed_in = call.send().await.expect("signed in").authentication_result.expect("tokens");
        let first = signed_in.refresh_token.expect("a refresh token");
        let renew = |token: &str| sdk.get_tokens_from_refresh_token().client_id(&client).refresh_token(token);
        let second = renew(&first).send().await.expect("renewed").authentication_result.expect("tokens");
        let (second, access) =
            (second.refresh_token.expect("a token"), second.access_token.expect("a token"));
        let replaced = "Refresh Token has been replaced by another one";
        assert_refused!(renew(&first), is_refresh_token_reuse_exception, replaced);
        let user = sdk.get_user().access_token(access);
        if revokes {
            assert_refused!(renew(&second), is_not_authorized_exception, "Refresh Token has been revoked");
            assert_refused!(user, is_not_authorized_exception, "Access Token has been revoked");
        } else {
            renew(&second).send().await.expect("the newer token is valid");
            user.send().await.expect("the access token is valid");
        }
    }
}

/// pub-0018.
#[tokio::test]
async fn get_tokens_from_refresh_token_renews_until_the_token_expires() {
    let fixture = SignInFixture::new().await;
    let result = signed_in(&fixture).await;
    let token = result.refresh_token().expect("a refresh token");
    let get_tokens = |token: &str| {
        fixture.server.sdk.get_tokens_from_refresh_token().client_id(&fixture.ids.client).refresh_token(token)
    };
    let renewed = get_tokens(token).send().await.expect("renewed").authentication_result.expect("tokens");
    assert_eq!(renewed.refresh_token(), None);
    assert_ne!(renewed.access_token(), result.access_token());
    let user = fixture.server.sdk.get_user().access_token(renewed.access_token().expect("a token"));
    assert_eq!(user.send().await.expect("the user").username(), "ann");
    assert_refused!(get_tokens("nonsense"), is_not_authorized_exception, "Invalid Refresh Token.");
    fixture.server.app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    assert_refused!(get_tokens(token), is_not_authorized_exception, "Refresh Token has expired");
}
