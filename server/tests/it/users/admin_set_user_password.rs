//! AdminSetUserPassword.

use aws_sdk_cognitoidentityprovider::types::{PasswordPolicyType, UserPoolPolicyType, UserStatusType};

use crate::support::{PASSWORD, TestServer, assert_refused, pool_id_of};

#[tokio::test]
async fn admin_set_user_password_sets_a_permanent_or_temporary_password() {
    let server = TestServer::new().await;
    let ids = server.create_pool_and_client().await;
    server.sign_up(&ids.client, "ann", "ann@example.com").await;
    let set = |password: &str, permanent| {
        let call = server.sdk.admin_set_user_password().user_pool_id(&ids.pool).username("ann");
        call.password(password).permanent(permanent)
    };
    for (permanent, status) in
        [(true, UserStatusType::Confirmed), (false, UserStatusType::ForceChangePassword)]
    {
        set(PASSWORD, permanent).send().await.expect("set");
        assert_eq!(server.status_and_attribute(&ids.pool, "ann", "email").await.0, status);
    }
    let text = "Password does not conform to policy: Password not long enough";
    assert_refused!(set("short", true), is_invalid_password_exception, text);
    assert_refused!(set("short", false), is_invalid_password_exception, text);
    assert_refused!(set("", true), is_invalid_password_exception, text);
    // cog-0303: blanks are allowed inside a password, but not at its ends.
    let text = concat!(
        "1 validation error detected: Value at 'password' failed to satisfy constraint: ",
        r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$"
    );
    assert_refused!(set(" Passw0rd!", true), is_invalid_parameter_exception, text);
    set("Passw0rd and more", true).send().await.expect("set");
    // cog-0390
    assert_refused!(set(PASSWORD, true).username("bob"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn admin_set_user_password_with_former_password_is_refused() {
    let server = TestServer::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let pool = server.sdk.create_user_pool().pool_name("p").policies(policies);
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    server.sign_up(&server.create_client(&pool).await, "ann", "ann@example.com").await;
    let set = |password: &str, permanent| {
        let call = server.sdk.admin_set_user_password().user_pool_id(&pool).username("ann");
        call.password(password).permanent(permanent)
    };
    let text = "Password did not conform with policy: Password has been used before";
    assert_refused!(set(PASSWORD, true), is_password_history_policy_violation_exception, text);
    set("password-2", true).send().await.expect("set");
    assert_refused!(set(PASSWORD, true), is_password_history_policy_violation_exception, text);
    assert_refused!(set("password-2", true), is_password_history_policy_violation_exception, text);
    set(PASSWORD, false).send().await.expect("temporary passwords are not compared with former ones");
    set("password-3", true).send().await.expect("set");
    set(PASSWORD, true).send().await.expect("the history has two later passwords");
}
