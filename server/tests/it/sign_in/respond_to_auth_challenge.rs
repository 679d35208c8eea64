//! RespondToAuthChallenge by a new password. Other challenges are tested with the flows that they belong to.

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;
use lido_domain::{Timestamp, user::Status};

use super::WRONG;
use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

/// cog-0173, cog-0189, cog-0225, cog-0237, cog-0392.
#[tokio::test]
async fn respond_to_auth_challenge_with_new_password_replaces_the_temporary_one() {
    let fixture = SignInFixture::new().await;
    let until = Timestamp::from_millis(i64::MAX);
    fixture.change_stored_user(|ann| ann.status = Status::ForceChangePassword { expires_at: until }).await;
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("a challenge");
    assert_eq!(response.challenge_name(), Some(&ChallengeNameType::NewPasswordRequired));
    assert!(response.authentication_result.is_none());
    let parameters = response.challenge_parameters().expect("parameters");
    assert_eq!(parameters.get("USER_ID_FOR_SRP").map(String::as_str), Some("ann"));
    assert_eq!(parameters.get("requiredAttributes").map(String::as_str), Some("[]"));
    let attributes = parameters.get("userAttributes").map(String::as_str);
    assert_eq!(attributes, Some(r#"{"email":"ann@example.com","email_verified":"false"}"#));
    let session = response.session.expect("a session");
    let answer = |password: &str| {
        let call = fixture.server.sdk.respond_to_auth_challenge().client_id(&fixture.ids.client);
        let call = call.challenge_name(ChallengeNameType::NewPasswordRequired).session(&session);
        call.challenge_responses("USERNAME", "ann").challenge_responses("NEW_PASSWORD", password)
    };
    let weak = "Password does not conform to policy: Password not long enough";
    assert_refused!(answer("weak"), is_invalid_password_exception, weak);
    let signed_in = answer("Another-1").send().await.expect("signed in");
    assert!(signed_in.authentication_result.is_some());
    let used = "Invalid session for the user, session can only be used once.";
    assert_refused!(answer("Another-2"), is_not_authorized_exception, used);
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, WRONG);
    fixture.by_password("ann", "Another-1").send().await.expect("signed in");
    let past = Timestamp::from_millis(0);
    fixture.change_stored_user(|ann| ann.status = Status::ForceChangePassword { expires_at: past }).await;
    let late = "Temporary password has expired and must be reset by an administrator.";
    assert_refused!(fixture.by_password("ann", "Another-1"), is_not_authorized_exception, late);
}
