//! Passwords, set and reset by administrators.

use aws_sdk_cognitoidentityprovider::types::{
    AccountRecoverySettingType, PasswordPolicyType, RecoveryOptionNameType, RecoveryOptionType,
    UserPoolPolicyType, UserStatusType, VerifiedAttributeType,
};
use lido::delivery::Filter;

use crate::support::{House, PASSWORD, attribute, id_of, refused};

#[tokio::test]
async fn a_permanent_password_confirms_and_a_temporary_one_must_be_changed() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let set = |password: &str, permanent| {
        let call = house.sdk.admin_set_user_password().user_pool_id(&place.pool).username("ann");
        call.password(password).permanent(permanent)
    };
    for (permanent, status) in
        [(true, UserStatusType::Confirmed), (false, UserStatusType::ForceChangePassword)]
    {
        set(PASSWORD, permanent).send().await.expect("set");
        assert_eq!(house.user(&place.pool, "ann", "email").await.0, status);
    }
    let text = "Password does not conform to policy: Password not long enough";
    refused!(set("short", true), is_invalid_password_exception, text);
    refused!(set("short", false), is_invalid_password_exception, text);
    refused!(set("", true), is_invalid_password_exception, text);
    // cog-0303: blanks inside are fine, outside they are not.
    let text = concat!(
        "1 validation error detected: Value at 'password' failed to satisfy constraint: ",
        r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$"
    );
    refused!(set(" Passw0rd!", true), is_invalid_parameter_exception, text);
    set("Passw0rd and more", true).send().await.expect("set");
    // cog-0390
    refused!(set(PASSWORD, true).username("bob"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn a_password_that_was_used_before_does_not_come_back_too_soon() {
    let house = House::new().await;
    let policy = PasswordPolicyType::builder().minimum_length(8).password_history_size(2).build();
    let policies = UserPoolPolicyType::builder().password_policy(policy).build();
    let pool = house.sdk.create_user_pool().pool_name("p").policies(policies);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    house.sign_up(&house.client_in(&pool).await, "ann", "ann@example.com").await;
    let set = |password: &str, permanent| {
        let call = house.sdk.admin_set_user_password().user_pool_id(&pool).username("ann");
        call.password(password).permanent(permanent)
    };
    let text = "Password did not conform with policy: Password has been used before";
    refused!(set(PASSWORD, true), is_password_history_policy_violation_exception, text);
    set("password-2", true).send().await.expect("set");
    refused!(set(PASSWORD, true), is_password_history_policy_violation_exception, text);
    refused!(set("password-2", true), is_password_history_policy_violation_exception, text);
    set(PASSWORD, false).send().await.expect("a temporary one is not compared");
    set("password-3", true).send().await.expect("set");
    set(PASSWORD, true).send().await.expect("two others were in between");
}

#[tokio::test]
async fn a_reset_sends_a_code_and_is_refused_without_a_way_to() {
    let house = House::new().await;
    let place = house.place().await;
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let reset = || house.sdk.admin_reset_user_password().user_pool_id(&place.pool).username("ann");
    let set = |password: &str, permanent| {
        let call = house.sdk.admin_set_user_password().user_pool_id(&place.pool).username("ann");
        call.password(password).permanent(permanent)
    };
    let wrong_state = "User password cannot be reset in the current state.";
    refused!(reset(), is_not_authorized_exception, wrong_state);
    set(PASSWORD, false).send().await.expect("set");
    refused!(reset(), is_not_authorized_exception, wrong_state); // cog-0301
    set(PASSWORD, true).send().await.expect("set");
    // cog-0331
    let text = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    refused!(reset(), is_invalid_parameter_exception, text);
    let update = house.sdk.admin_update_user_attributes().user_pool_id(&place.pool).username("ann");
    update.user_attributes(attribute("email_verified", "true")).send().await.expect("verified");
    for _ in 0..2 {
        reset().send().await.expect("reset, and reset again");
        assert_eq!(house.user(&place.pool, "ann", "email").await.0, UserStatusType::ResetRequired);
    }
    // cog-0402
    let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
    let messages = inbox.messages(&Filter { username: Some("ann".into()), ..Filter::default() });
    let triggers: Vec<_> = messages.iter().map(|message| message.trigger.as_str()).collect();
    let reset_trigger = "CustomMessage_ForgotPassword";
    assert_eq!(triggers, [reset_trigger, reset_trigger, "CustomMessage_SignUp"]);
    // cog-0302
    house.sdk.admin_disable_user().user_pool_id(&place.pool).username("ann").send().await.expect("disabled");
    refused!(reset(), is_not_authorized_exception, "User is disabled.");
    refused!(reset().username("bob"), is_user_not_found_exception, "User does not exist.");
}

#[tokio::test]
async fn the_pool_says_where_the_code_goes() {
    let house = House::new().await;
    let option = |name, priority| RecoveryOptionType::builder().name(name).priority(priority).build();
    let options = |options: Vec<_>| {
        let options = options.into_iter().map(|option: Result<_, _>| option.expect("complete")).collect();
        AccountRecoverySettingType::builder().set_recovery_mechanisms(Some(options)).build()
    };
    let (email, phone) = (RecoveryOptionNameType::VerifiedEmail, RecoveryOptionNameType::VerifiedPhoneNumber);
    let admin = RecoveryOptionNameType::AdminOnly;
    let cases = [
        (None, Some("SMS")), // cog-0400
        (Some(options(vec![option(phone, 2), option(email.clone(), 1)])), Some("EMAIL")),
        (Some(options(vec![option(email, 1)])), Some("EMAIL")),
        (Some(options(vec![option(admin, 1)])), None),
    ];
    for (setting, medium) in cases {
        let pool = house.sdk.create_user_pool().pool_name("p").set_account_recovery_setting(setting);
        let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = id_of(pool.send().await.expect("a pool").user_pool());
        let contacts = ["email", "email_verified", "phone_number", "phone_number_verified"];
        let values = ["ann@example.com", "true", "+15555550100", "true"];
        let given = contacts.into_iter().zip(values).map(|(name, value)| attribute(name, value)).collect();
        let create = house.sdk.admin_create_user().user_pool_id(&pool).username("ann");
        create.set_user_attributes(Some(given)).send().await.expect("created");
        let set = house.sdk.admin_set_user_password().user_pool_id(&pool).username("ann").password(PASSWORD);
        set.permanent(true).send().await.expect("set");
        let reset = house.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
        let Some(medium) = medium else {
            let text = "Account recovery is left to administrators in this user pool.";
            refused!(reset, is_not_authorized_exception, text);
            continue;
        };
        reset.send().await.expect("reset");
        let inbox = house.app.inbox.as_ref().expect("tests have an inbox");
        let messages = inbox.messages(&Filter { user_pool_id: Some(pool), ..Filter::default() });
        assert_eq!(messages.first().expect("a code").medium, medium);
    }
}

#[tokio::test]
async fn a_temporary_password_that_has_expired_can_be_reset_or_sent_again() {
    // cog-0403
    let house = House::new().await;
    let pool = house.place().await.pool;
    let create = house.sdk.admin_create_user().user_pool_id(&pool).username("ann");
    let create = create.user_attributes(attribute("email", "ann@example.com"));
    create.user_attributes(attribute("email_verified", "true")).send().await.expect("created");
    house.app.clock.advance(std::time::Duration::from_secs(7 * 24 * 60 * 60));
    let reset = house.sdk.admin_reset_user_password().user_pool_id(&pool).username("ann");
    reset.send().await.expect("expired, and so reset");
    assert_eq!(house.user(&pool, "ann", "email").await.0, UserStatusType::ResetRequired);
}
