//! A password of one's own, changed.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::change_password::builders::ChangePasswordFluentBuilder,
    types::{PasswordPolicyType, UserPoolPolicyType, UserStatusType},
};

use crate::{
    sign_in::SignIn,
    support::{PASSWORD, refused},
};

const NEXT: &str = "Passw0rd?";
const WRONG: &str = "Incorrect username or password.";

impl SignIn {
    fn change(&self, token: &str, previous: Option<&str>, proposed: &str) -> ChangePasswordFluentBuilder {
        let call = self.house.sdk.change_password().access_token(token);
        call.set_previous_password(previous.map(str::to_owned)).proposed_password(proposed)
    }
}

#[tokio::test]
async fn the_new_password_signs_in_and_the_old_one_does_not() {
    let world = SignIn::new().await;
    let token = world.token().await;
    refused!(world.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    let missing = "Missing required parameter PreviousPassword";
    refused!(world.change(&token, None, NEXT), is_invalid_parameter_exception, missing);
    let text = "Password does not conform to policy: Password must have uppercase characters";
    refused!(world.change(&token, Some(PASSWORD), "password"), is_invalid_password_exception, text);
    world.by_password("ann", PASSWORD).send().await.expect("nothing has changed");
    world.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, WRONG);
    world.by_password("ann", NEXT).send().await.expect("signed in");
    world.house.sdk.get_user().access_token(&token).send().await.expect("the token stays good");
}

/// cog-0338, cog-0395.
#[tokio::test]
async fn five_changes_an_hour_right_or_wrong() {
    let world = SignIn::new().await;
    let token = world.token().await;
    world.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    for _ in 0..4 {
        refused!(world.change(&token, Some(PASSWORD), NEXT), is_not_authorized_exception, WRONG);
    }
    let limit = "Attempt limit exceeded, please try after some time.";
    refused!(world.change(&token, Some(NEXT), PASSWORD), is_limit_exceeded_exception, limit);
    world.house.app.clock.advance(Duration::from_secs(60 * 60));
    let answer = world.by_password("ann", NEXT).send().await.expect("signed in");
    let token = answer.authentication_result.and_then(|result| result.access_token).expect("a token");
    world.change(&token, Some(NEXT), PASSWORD).send().await.expect("changed");
}

/// cog-0170, cog-0171.
#[tokio::test]
async fn whoever_guesses_with_a_token_is_locked_out_like_anybody() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let locked = "Password attempts exceeded";
    for _ in 0..2 {
        refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
    for _ in 0..3 {
        refused!(world.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    }
    refused!(world.change(&token, Some(PASSWORD), NEXT), is_not_authorized_exception, locked);
    refused!(world.by_password("ann", PASSWORD), is_not_authorized_exception, locked);
    world.house.app.clock.advance(Duration::from_secs(1));
    world.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    // The right password has forgiven the rest.
    for _ in 0..5 {
        refused!(world.by_password("ann", "wrong"), is_not_authorized_exception, WRONG);
    }
}

#[tokio::test]
async fn a_password_that_was_used_before_does_not_come_back_too_soon() {
    let world = SignIn::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let update = world.house.sdk.update_user_pool().user_pool_id(&world.place.pool).policies(policies);
    update.send().await.expect("updated");
    let token = world.token().await;
    let text = "Password did not conform with policy: Password has been used before";
    let same = world.change(&token, Some(PASSWORD), PASSWORD);
    refused!(same, is_password_history_policy_violation_exception, text);
    world.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    let back = world.change(&token, Some(NEXT), PASSWORD);
    refused!(back, is_password_history_policy_violation_exception, text);
}

#[tokio::test]
async fn whoever_has_no_password_sets_one_without_an_old_one() {
    let world = SignIn::new().await;
    let token = world.token().await;
    world.change_ann(|ann| ann.credential = None).await;
    refused!(world.change(&token, Some("guess"), NEXT), is_not_authorized_exception, WRONG);
    world.change(&token, None, NEXT).send().await.expect("set");
    world.by_password("ann", NEXT).send().await.expect("signed in");
}

#[tokio::test]
async fn a_temporary_password_is_changed_by_whoever_was_signed_in_already() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let set = world.house.sdk.admin_set_user_password().user_pool_id(&world.place.pool).username("ann");
    set.password("T3mporary!").permanent(false).send().await.expect("set");
    world.change(&token, Some("T3mporary!"), NEXT).send().await.expect("changed");
    let (status, _) = world.house.user(&world.place.pool, "ann", "email").await;
    assert_eq!(status, UserStatusType::Confirmed);
    world.by_password("ann", NEXT).send().await.expect("signed in");
}

/// What it takes to find out that a password is wrong is the same work as that it is right, but for the new verifier.
#[tokio::test]
async fn the_old_password_is_compared_by_its_verifier() {
    let world = SignIn::new().await;
    let token = world.token().await;
    let work = || world.house.app.passwords.exponentiations();
    let before = work();
    refused!(world.change(&token, Some("wrong"), NEXT), is_not_authorized_exception, WRONG);
    let wrong = work();
    world.change(&token, Some(PASSWORD), NEXT).send().await.expect("changed");
    assert_eq!((wrong - before, work() - wrong), (1, 2));
}
