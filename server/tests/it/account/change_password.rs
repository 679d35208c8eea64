//! ChangePassword.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::change_password::builders::ChangePasswordFluentBuilder,
    types::{PasswordPolicyType, UserPoolPolicyType, UserStatusType},
};

use crate::support::{PASSWORD, assert_refused, sign_in::SignInFixture};

const NEXT: &str = "Passw0rd?";
const WRONG: &str = "Incorrect username or password.";

impl SignInFixture {
    /// Builds a ChangePassword request.
    fn change(&self, token: &str, previous: Option<&str>, proposed: &str) -> ChangePasswordFluentBuilder {
        let call = self.server.sdk.change_password().access_token(token);
        call.set_previous_password(previous.map(str::to_owned)).proposed_password(proposed)
    }
}

#[tokio::test]
async fn change_password_replaces_the_password() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    assert_refused!(fixture.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    let missing = "Missing required parameter PreviousPassword";
    assert_refused!(fixture.change(&token, None, NEXT), is_invalid_parameter_exception, missing);
    let text = "Password does not conform to policy: Password must have uppercase characters";
    assert_refused!(fixture.change(&token, Some(PASSWORD), "password"), is_invalid_password_exception, text);
    fixture.by_password("ann", PASSWORD).send().await.expect("the password is unchanged");
    fixture.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, WRONG);
    fixture.by_password("ann", NEXT).send().await.expect("signed in");
    fixture.server.sdk.get_user().access_token(&token).send().await.expect("the access token is still valid");
}

/// cog-0338, cog-0395.
#[tokio::test]
async fn change_password_beyond_five_an_hour_is_refused() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    fixture.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    for _ in 0..4 {
        assert_refused!(fixture.change(&token, Some(PASSWORD), NEXT), is_not_authorized_exception, WRONG);
    }
    let limit = "Attempt limit exceeded, please try after some time.";
    assert_refused!(fixture.change(&token, Some(NEXT), PASSWORD), is_limit_exceeded_exception, limit);
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    let output = fixture.by_password("ann", NEXT).send().await.expect("signed in");
    let token = output.authentication_result.and_then(|result| result.access_token).expect("a token");
    fixture.change(&token, Some(NEXT), PASSWORD).send().await.expect("changed");
}

/// cog-0170, cog-0171.
#[tokio::test]
async fn change_password_with_wrong_passwords_locks_out_like_sign_in() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let locked = "Password attempts exceeded";
    for _ in 0..2 {
        assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
    for _ in 0..3 {
        assert_refused!(fixture.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    }
    assert_refused!(fixture.change(&token, Some(PASSWORD), NEXT), is_not_authorized_exception, locked);
    assert_refused!(fixture.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    fixture.server.app.clock.advance(Duration::from_secs(1));
    fixture.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    // The right password has reset the count of failures.
    for _ in 0..5 {
        assert_refused!(fixture.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
}

#[tokio::test]
async fn change_password_to_former_password_is_refused() {
    let fixture = SignInFixture::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let update = fixture.server.sdk.update_user_pool().user_pool_id(&fixture.ids.pool).policies(policies);
    update.send().await.expect("updated");
    let token = fixture.access_token().await;
    let text = "Password did not conform with policy: Password has been used before";
    let same = fixture.change(&token, Some(PASSWORD), PASSWORD);
    assert_refused!(same, is_password_history_policy_violation_exception, text);
    fixture.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    let back = fixture.change(&token, Some(NEXT), PASSWORD);
    assert_refused!(back, is_password_history_policy_violation_exception, text);
}

#[tokio::test]
async fn change_password_of_user_without_password_takes_no_previous_one() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    fixture.change_stored_user(|ann| ann.credential = None).await;
    assert_refused!(fixture.change(&token, Some("guess"), NEXT), is_not_authorized_exception, WRONG);
    fixture.change(&token, None, NEXT).send().await.expect("set");
    fixture.by_password("ann", NEXT).send().await.expect("signed in");
}

#[tokio::test]
async fn change_password_of_temporary_password_confirms_the_user() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let set = fixture.server.sdk.admin_set_user_password().user_pool_id(&fixture.ids.pool).username("ann");
    set.password("T3mporary!").permanent(false).send().await.expect("set");
    fixture.change(&token, Some("T3mporary!"), NEXT).send().await.expect("changed");
    let (status, _) = fixture.server.status_and_attribute(&fixture.ids.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Confirmed);
    fixture.by_password("ann", NEXT).send().await.expect("signed in");
}

/// A wrong and a right previous password take the same work, except for the verifier of the new one.
#[tokio::test]
async fn change_password_with_wrong_password_takes_the_work_of_one_comparison() {
    let fixture = SignInFixture::new().await;
    let token = fixture.access_token().await;
    let work = || fixture.server.app.passwords.exponentiations();
    let before = work();
    assert_refused!(fixture.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    let wrong = work();
    fixture.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    assert_eq!((wrong - before, work() - wrong), (1, 2));
}
