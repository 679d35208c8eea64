//! AdminRespondToAuthChallenge.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;
use lido_domain::{Timestamp, user::Status};

use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

/// cog-0226, cog-0228.
#[tokio::test]
async fn admin_respond_to_auth_challenge_with_foreign_or_expired_session_is_refused() {
    let fixture = SignInFixture::new().await;
    let until = Timestamp::from_millis(i64::MAX);
    fixture.change_stored_user(|ann| ann.status = Status::ForceChangePassword { expires_at: until }).await;
    let session =
        fixture.by_password("ann", PASSWORD).send().await.expect("a challenge").session.expect("a session");
    let answer = |session: &str| {
        let call = fixture.server.sdk.admin_respond_to_auth_challenge().client_id(&fixture.ids.client);
        let call = call.user_pool_id(&fixture.ids.pool).session(session);
        let call = call.challenge_name(ChallengeNameType::NewPasswordRequired);
        call.challenge_responses("USERNAME", "ann").challenge_responses("NEW_PASSWORD", "Another-1")
    };
    let damaged = "Invalid session for the user.";
    assert_refused!(answer("a session that was never issued"), is_not_authorized_exception, damaged);
    fixture.server.app.clock.advance(Duration::from_secs(3 * 60));
    let late = "Invalid session for the user, session is expired.";
    assert_refused!(answer(&session), is_not_authorized_exception, late);
}

#[tokio::test]
async fn admin_respond_to_auth_challenge_with_new_password_returns_tokens() {
    let fixture = SignInFixture::new().await;
    let until = Timestamp::from_millis(i64::MAX);
    fixture.change_stored_user(|ann| ann.status = Status::ForceChangePassword { expires_at: until }).await;
    let session = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge").session;
    let call = fixture.server.sdk.admin_respond_to_auth_challenge().client_id(&fixture.ids.client);
    let call = call.user_pool_id(&fixture.ids.pool).set_session(session);
    let call = call.challenge_name(ChallengeNameType::NewPasswordRequired);
    let call = call.challenge_responses("USERNAME", "ann").challenge_responses("NEW_PASSWORD", "Another-1");
    assert!(call.send().await.expect("signed in").authentication_result.is_some());
    fixture.by_password("ann", "Another-1").send().await.expect("signed in");
}
